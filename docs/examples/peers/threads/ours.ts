import { isMain, ThreadPoolExecutor, taskContext } from "concurrent-futures";

export function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

export function countTo(limit: number): void {
  for (let n = 1; n <= limit; n++) taskContext().progress(n);
}

export function length(buffer: ArrayBuffer): number {
  return buffer.byteLength;
}

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 2 });
  console.log(await pool.submit(fibonacci, 20));

  const counting = pool.submit(countTo, 3);
  counting.addProgressCallback((n) => console.log("counted", n));
  await counting;

  const { buffer } = new Uint8Array(100);
  console.log(await pool.with({ transfer: [buffer] }).submit(length, buffer), buffer.byteLength);

  console.log(await pool.map(fibonacci, [5, 10, 15]));
  await pool.shutdown();
}

// Output:
// 6765
// counted 1
// counted 2
// counted 3
// 100 0
// [ 5, 55, 610 ]
