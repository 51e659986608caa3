/** Taking back a call, limiting how long it may take, and stopping one that runs. */
import { ExecutorError, type Future, isMain, ThreadPoolExecutor, taskContext } from "concurrent-futures";

/** A task that never ends by itself and never looks at its signal. */
export function endless(): never {
  taskContext().progress("started");
  for (;;);
}

export const double = (n: number): number => 2 * n;

const started = (future: Future<unknown>) => new Promise((resolve) => future.addProgressCallback(resolve));
const codeOf = (error: unknown) => (error instanceof ExecutorError ? error.code : error);

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1, abortGrace: 50 });

  const running = pool.submit(endless);
  const waiting = pool.submit(double, 1);
  await started(running);

  console.log("take back a call that waits:", waiting.cancel());
  console.log("take back one that runs:", running.cancel());

  // A limit on the wait leaves the task alone ...
  await running.result({ timeout: 20 }).catch((error) => console.log("waited long enough:", codeOf(error)));
  console.log("still running:", running.running());

  // ... abort() ends it. The task ignores its signal, so its worker is replaced after `abortGrace` milliseconds.
  running.abort(new Error("Not needed any more"));
  await running.catch((error) => console.log("aborted:", error.message));

  // A limit on the task itself counts from its start.
  const limited = pool.with({ timeout: 20 }).submit(endless);
  await limited.catch((error) => console.log("ran long enough:", codeOf(error)));

  // A signal can abort many calls at once, waiting or running.
  const controller = new AbortController();
  const bound = pool.with({ signal: controller.signal });
  const calls = [bound.submit(endless), bound.submit(double, 2), bound.submit(double, 3)];
  controller.abort();
  const outcomes = await Promise.allSettled(calls);
  console.log("aborted together:", outcomes.filter((outcome) => outcome.status === "rejected").length);

  console.log("the pool goes on:", await pool.submit(double, 21));
  await pool.shutdown();
}

// Output:
// take back a call that waits: true
// take back one that runs: false
// waited long enough: ERR_TIMEOUT
// still running: true
// aborted: Not needed any more
// ran long enough: ERR_TIMEOUT
// aborted together: 3
// the pool goes on: 42
