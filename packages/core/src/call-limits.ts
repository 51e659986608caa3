/** Ending a call from outside: by its `signal`, `timeout` and `queueTimeout` options. */
import { onAbort } from "./abort.js";
import { TimeoutError } from "./errors.js";
import type { TaskOptions } from "./executor.js";
import { type Future, internals } from "./future.js";
import { Timer } from "./timer.js";

/** Makes `future` follow the limits in `options` until it is done; leaves no timer or listener behind then. */
export function applyLimits(future: Future<unknown>, { signal, timeout, queueTimeout }: TaskOptions): void {
  if (signal === undefined && timeout === undefined && queueTimeout === undefined) return;
  if (signal?.aborted) future.abort(signal.reason); // by the program's code that sending the arguments ran
  if (future.done()) return;
  const undo: Array<() => void> = [];

  if (signal) undo.push(onAbort(signal, () => future.abort(signal.reason)));
  if (queueTimeout !== undefined) {
    const timer = new Timer(queueTimeout, () => {
      const reason = new TimeoutError(`The call waited longer than its \`queueTimeout\` of ${queueTimeout} ms`);
      internals.expire(future, reason);
    });
    undo.push(() => timer.stop());
  }
  if (timeout !== undefined) {
    internals.onStart(future, () => {
      const timer = new Timer(timeout, () => {
        future.abort(new TimeoutError(`The task ran longer than its \`timeout\` of ${timeout} ms`));
      });
      undo.push(() => timer.stop());
    });
  }
  future.addDoneCallback(() => {
    for (const stop of undo) stop();
  });
}
