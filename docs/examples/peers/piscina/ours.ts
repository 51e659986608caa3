import { isMain, ThreadPoolExecutor } from "concurrent-futures";

export function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

export function sum(numbers: Float64Array): number {
  return numbers.reduce((a, b) => a + b, 0);
}

export function endless(): never {
  for (;;);
}

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 2 });

  console.log(await pool.submit(fibonacci, 20));
  console.log(await pool.map(fibonacci, [5, 10, 15]));

  const numbers = new Float64Array([1, 2, 3]);
  console.log(await pool.with({ transfer: [numbers.buffer] }).submit(sum, numbers), numbers.length);

  const controller = new AbortController();
  const running = pool.with({ signal: controller.signal }).submit(endless);
  setTimeout(() => controller.abort(), 100);
  await running.catch((error) => console.log(error.name));

  await pool.shutdown();
}

// Output:
// 6765
// [ 5, 55, 610 ]
// 6 0
// AbortError
