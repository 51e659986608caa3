/** Callbacks of a future run in the AsyncLocalStorage context of its submit: logs know whose work they belong to. */
import { AsyncLocalStorage } from "node:async_hooks";
import { isMain, ThreadPoolExecutor } from "concurrent-futures";

export const square = (n: number): number => n * n;

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const request = new AsyncLocalStorage<string>();

  for (const [name, n] of [
    ["request A", 3],
    ["request B", 4],
  ] as const) {
    request.run(name, () => {
      pool.submit(square, n).addDoneCallback(async (future) => {
        console.log(request.getStore(), await future);
      });
    });
  }
  await pool.shutdown();
}

// Output:
// request A 9
// request B 16
