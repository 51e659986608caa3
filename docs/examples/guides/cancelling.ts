/** Tasks that help to be stopped, and the limits that a call can be given. */
import { setTimeout as sleep } from "node:timers/promises";
import { ExecutorError, type Future, isMain, ThreadPoolExecutor, taskContext, Value } from "concurrent-futures";

/** An async task passes its signal on to what it waits for, and so ends as soon as it is aborted. */
export async function poll(url: string): Promise<never> {
  const { signal, progress } = taskContext();
  progress(`polling ${url}`);
  for (;;) await sleep(10, undefined, { signal });
}

/** A task that computes sees no signal, since its event loop stands still; a shared Value it does see. */
export function search(stop: Value<"uint8">): number {
  taskContext().progress("searching");
  let tried = 0;
  do tried++;
  while (stop.value === 0);
  return tried;
}

export const double = (n: number): number => 2 * n;

const started = (future: Future<unknown>) => new Promise((resolve) => future.addProgressCallback(resolve));
const codeOf = (error: unknown) => (error instanceof ExecutorError ? error.code : error);

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });

  // One signal for everything that a request needs: its pool calls, its own time limit, the client that goes away.
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(60_000)]);
  const polling = pool.with({ signal }).submit(poll, "/status");
  console.log(await started(polling));
  gone.abort(new Error("The client is gone"));
  await polling.catch((error) => console.log("aborted:", error.message));

  // Ending a computation without ending its worker.
  const stop = new Value("uint8", 0);
  const searching = pool.submit(search, stop);
  console.log(await started(searching));

  // This call waits behind it, but not for long: it never runs.
  const late = pool.with({ queueTimeout: 20 }).submit(double, 1);
  await late.catch((error) => console.log("waited too long to start:", codeOf(error)));

  stop.value = 1;
  console.log("stopped by itself:", (await searching) > 0);

  // Whoever shuts down decides what becomes of calls that wait.
  const end = new Value("uint8", 0);
  const running = pool.submit(search, end);
  await started(running);
  const waiting = [pool.submit(double, 1), pool.submit(double, 2)];
  const closed = pool.shutdown({ cancelFutures: true });
  end.value = 1;
  await closed;
  console.log("ran to its end:", running.done() && !running.cancelled());
  console.log("cancelled:", waiting.filter((future) => future.cancelled()).length);
}

// Output:
// polling /status
// aborted: The client is gone
// searching
// waited too long to start: ERR_TIMEOUT
// stopped by itself: true
// ran to its end: true
// cancelled: 2
