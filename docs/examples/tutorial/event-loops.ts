/** Several processes, each with an event loop full of async tasks: two cores busy, and a thousand waits at once. */
import { setTimeout as sleep } from "node:timers/promises";
import { isMain, ProcessPoolExecutor } from "concurrent-futures";

/** Stands for a query: it waits most of its time. */
async function query(id: number): Promise<number> {
  await sleep(200);
  return id % 10;
}

/** What one process does: many queries at once, on its own event loop. */
export async function runQueries(first: number, count: number): Promise<number> {
  const results = await Promise.all(Array.from({ length: count }, (_, i) => query(first + i)));
  return results.reduce((sum, result) => sum + result, 0);
}

if (isMain(import.meta)) {
  await using pool = new ProcessPoolExecutor({ maxWorkers: 2 });
  const start = performance.now();
  const sums = await pool.starmap(runQueries, [
    [0, 500],
    [500, 500],
  ]);
  console.log("sums:", sums.join(", "));
  console.log("1000 waits of 200 ms in less than 60 s:", performance.now() - start < 60_000);
}

// Output:
// sums: 2250, 2250
// 1000 waits of 200 ms in less than 60 s: true
