/** One interface, three places to run: the program's own event loop, threads, processes. */
import { isMainThread } from "node:worker_threads";
import { EventLoopExecutor, type Executor, isMain, ProcessPoolExecutor, ThreadPoolExecutor } from "concurrent-futures";

export function whereAmI(program: number): string {
  if (process.pid !== program) return "in another process";
  return isMainThread ? "here" : "in another thread";
}

async function ask(executor: Executor): Promise<void> {
  console.log(await executor.submit(whereAmI, process.pid));
  await executor.shutdown();
}

if (isMain(import.meta)) {
  await ask(new EventLoopExecutor());
  await ask(new ThreadPoolExecutor());
  await ask(new ProcessPoolExecutor());
}

// Output:
// here
// in another thread
// in another process
