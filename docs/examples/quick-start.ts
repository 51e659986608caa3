import { isMain, ProcessPoolExecutor } from "concurrent-futures";

export const fibonacci = (n: number): number => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor();
  const future = pool.submit(fibonacci, 30);
  for await (const value of pool.map(fibonacci, [10, 20, 25])) console.log(value);
  console.log(await future);
  await pool.shutdown();
}

// Output:
// 55
// 6765
// 75025
// 832040
