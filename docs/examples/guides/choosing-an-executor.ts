/** One function that takes any executor, on each of the three kinds; and one thread for many tasks that wait. */
import { setTimeout as sleep } from "node:timers/promises";
import { EventLoopExecutor, type Executor, isMain, ProcessPoolExecutor, ThreadPoolExecutor } from "concurrent-futures";

export function countPrimes(from: number, to: number): number {
  let primes = 0;
  for (let n = Math.max(from, 2); n < to; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n && isPrime; d++) isPrime = n % d !== 0;
    if (isPrime) primes++;
  }
  return primes;
}

export async function download(page: number): Promise<string> {
  await sleep(20); // stands for a request
  return `page ${page}`;
}

/** Code that needs an executor takes one: its caller decides where the work is done. */
async function primesBelow(limit: number, executor: Executor): Promise<number> {
  const ranges = Array.from({ length: 10 }, (_, i): [number, number] => [(limit * i) / 10, (limit * (i + 1)) / 10]);
  let sum = 0;
  for await (const primes of executor.starmap(countPrimes, ranges)) sum += primes;
  return sum;
}

if (isMain(import.meta)) {
  for (const executor of [new EventLoopExecutor(), new ThreadPoolExecutor(), new ProcessPoolExecutor()]) {
    console.log(executor.constructor.name, await primesBelow(100_000, executor));
    await executor.shutdown();
  }

  const pages = Array.from({ length: 100 }, (_, page) => page);

  // Tasks that wait for something else need no worker of their own: a limit is enough, ...
  const here = new EventLoopExecutor({ maxWorkers: 20 });
  console.log("here:", (await here.map(download, pages)).length);
  await here.shutdown();

  // ... or one worker that runs many of them at once, if handling their results takes the event loop too long.
  const elsewhere = new ThreadPoolExecutor({ maxWorkers: 1, tasksPerWorker: 20 });
  console.log("elsewhere:", (await elsewhere.map(download, pages)).length);
  await elsewhere.shutdown();
}

// Output:
// EventLoopExecutor 9592
// ThreadPoolExecutor 9592
// ProcessPoolExecutor 9592
// here: 100
// elsewhere: 100
