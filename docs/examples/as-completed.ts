/** Taking results in the order in which they come, and waiting for some of several calls. */
import { setTimeout as sleep } from "node:timers/promises";
import { asCompleted, isMain, ThreadPoolExecutor, wait } from "concurrent-futures";

export async function fetchPage(name: string, milliseconds: number): Promise<string> {
  await sleep(milliseconds);
  return name;
}

if (isMain(import.meta)) {
  // One thread is enough for tasks that only wait: its event loop runs up to ten of them at once.
  const pool = new ThreadPoolExecutor({ maxWorkers: 1, tasksPerWorker: 10 });
  await pool.ready();

  const pages = [
    pool.submit(fetchPage, "slow", 3000),
    pool.submit(fetchPage, "fast", 10),
    pool.submit(fetchPage, "middle", 1500),
  ];
  for await (const future of asCompleted(pages)) console.log(await future);

  const race = [pool.submit(fetchPage, "hare", 10), pool.submit(fetchPage, "tortoise", 3000)];
  const { done, notDone } = await wait(race, { returnWhen: "FIRST_COMPLETED" });
  for (const future of done) console.log("first:", await future);
  console.log("not done:", notDone.size);

  for await (const future of asCompleted(notDone)) console.log("at last:", await future);
  await pool.shutdown();
}

// Output:
// fast
// middle
// slow
// first: hare
// not done: 1
// at last: tortoise
