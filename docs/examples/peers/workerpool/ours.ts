import { isMain, ThreadPoolExecutor, taskContext } from "concurrent-futures";

export function fibonacci(n: number): number {
  return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

export function convert(pages: number): number {
  for (let page = 1; page <= pages; page++) taskContext().progress(`page ${page}`);
  return pages;
}

export function endless(): never {
  for (;;);
}

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 2, abortGrace: 0 });

  console.log(await pool.submit(fibonacci, 20));

  console.log(await pool.submit(fibonacci, 10));

  console.log(await pool.submit((a: number, b: number) => a + b, 3, 4));

  const converting = pool.submit(convert, 2);
  converting.addProgressCallback((page) => console.log(page));
  console.log(await converting);

  await pool
    .with({ timeout: 100 })
    .submit(endless)
    .catch((error) => console.log(error.name));

  const call = pool.submit(endless);
  call.abort();
  await call.catch(() => console.log("cancelled:", call.cancelled()));

  await pool.shutdown();
}

// Output:
// 6765
// 55
// 7
// page 1
// page 2
// 2
// TimeoutError
// cancelled: true
