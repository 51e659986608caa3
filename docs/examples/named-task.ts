/** A function that says where it is exported, for runtimes that do not tell. */
import { isMain, ProcessPoolExecutor, task } from "concurrent-futures";

const limit = 3;

export function capped(n: number): number {
  return Math.min(n, limit);
}

export const cappedTask = task(import.meta.url, "capped", capped);

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor({ maxWorkers: 2 });
  console.log(await pool.map(cappedTask, [1, 5, 2]));
  await pool.shutdown();
}

// Output:
// [ 1, 3, 2 ]
