/**
 * The word count of word-count.ts, spread over two worker programs through Redis. They run on this machine here; elsewhere
 * they would be started by whatever starts programs there.
 *
 *   this program ──► a redis-server of its own ──► two of many-machines/worker.ts, each with a process that counts
 */
import { BullMQExecutor } from "@concurrent-futures/bullmq-executor";
import { asCompleted, isMain } from "concurrent-futures";
import { startPrivateRedis } from "./many-machines/private-redis.js";
import { startWorkers } from "./many-machines/start-workers.js";
import { findWorks } from "./word-count/library.js";
import { countWork, type Work } from "./word-count/tasks.js";

async function countWords(connection: string, works: readonly Work[]): Promise<Map<string, number>> {
  const executor = new BullMQExecutor({ queue: "words", connection });
  const words = new Map<string, number>();
  for await (const future of asCompleted(works.map((work) => executor.submit(countWork, work)))) {
    for (const [word, count] of (await future).words) words.set(word, (words.get(word) ?? 0) + count);
  }
  await executor.shutdown();
  return words;
}

async function main(): Promise<void> {
  const redis = await startPrivateRedis();
  if (redis === undefined) return console.log("There is no redis-server on this machine, so there is nothing to show");
  process.env["CONCURRENT_FUTURES_KEYS"] = `example:${redis.password}`;
  const workers = await startWorkers(2, redis.url);
  try {
    const words = await countWords(redis.url, findWorks());
    const top = [...words].sort(([, a], [, b]) => b - a).slice(0, 5);
    console.log(top.map(([word, count]) => `${word} ${count.toLocaleString("en")}`).join(", "));
  } finally {
    console.log("workers exited with", await workers.stop());
    await redis.stop();
  }
}

if (isMain(import.meta)) await main();

// Output:
// the 284,611, of 168,472, and 157,115, to 109,731, in 72,681
// workers exited with [ 0, 0 ]
