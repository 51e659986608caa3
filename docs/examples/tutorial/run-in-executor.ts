/** The same as promises: each call reports when it is done, the short ones while the long one still runs. */
import { isMain, ProcessPoolExecutor, partial, runInExecutor } from "concurrent-futures";

/** A CPU-bound task that takes as long as `limit` is large. */
export function count(limit: number): number {
  let counter = 0;
  while (counter < limit) counter++;
  return counter;
}

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor();
  await pool.ready(); // or a short call might wait for its worker to start, which takes as long as counting
  const calls = [1, 3, 5, 22, 100_000_000].map((limit) => partial(count, limit));
  const counts = calls.map(async (call) => {
    const counted = await runInExecutor(pool, call);
    console.log("finished counting to", counted);
    return counted;
  });
  console.log("all:", (await Promise.all(counts)).join(", "));
  await pool.shutdown();
}

// Output:
// finished counting to 1
// finished counting to 3
// finished counting to 5
// finished counting to 22
// finished counting to 100000000
// all: 1, 3, 5, 22, 100000000
