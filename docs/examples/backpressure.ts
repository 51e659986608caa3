/** A producer that is faster than the pool: a bounded queue, and a producer that waits for room. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Future, isMain, ThreadPoolExecutor } from "concurrent-futures";

export async function store(record: number): Promise<number> {
  await sleep(1);
  return record;
}

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 2, maxQueue: 100 });

  // Without waiting, calls beyond the limit are refused.
  const flood = Array.from({ length: 1000 }, (_, record) => pool.submit(store, record));
  const outcomes = await Promise.allSettled(flood);
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  console.log(
    "refused:",
    refused.length > 0,
    refused.every(({ reason }) => reason.code === "ERR_QUEUE_FULL"),
  );

  // With drained(), memory stays bounded however long the input is.
  const futures: Future<number>[] = [];
  for (let record = 0; record < 1000; record++) {
    await pool.drained();
    futures.push(pool.submit(store, record));
  }
  console.log("stored:", (await Promise.all(futures)).length);

  // map() does the same by itself: it reads an endless input only as far as results are taken.
  const endless = (function* () {
    for (let record = 0; ; record++) yield record;
  })();
  for await (const record of pool.map(store, endless, { bufferSize: 50 })) {
    if (record === 500) break;
  }
  console.log("input closed:", endless.next().done);
  await pool.shutdown();
}

// Output:
// refused: true true
// stored: 1000
// input closed: true
