/** Counts in several processes; the results come in the order of the input, whichever is ready first. */
import { isMain, ProcessPoolExecutor } from "concurrent-futures";

/** A CPU-bound task that takes as long as `limit` is large. */
export function count(limit: number): number {
  let counter = 0;
  while (counter < limit) counter++;
  return counter;
}

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor();
  for await (const counted of pool.map(count, [1, 3, 5, 22, 100_000_000])) console.log(counted);
  await pool.shutdown();
}

// Output:
// 1
// 3
// 5
// 22
// 100000000
