/** Waiting for one future within limits, without leaving a timer or a listener behind. */
import { onAbort } from "./abort.js";
import { checkOptions, checkSignal, checkTimeout } from "./checks.js";
import { TimeoutError } from "./errors.js";
import { type Future, internals } from "./future.js";
import { Timer } from "./timer.js";

/** Limits of one wait. */
export interface WaitOptions {
  /** Milliseconds; 0 only looks at the present state. Default: none. */
  readonly timeout?: number | undefined;
  /** Aborting it ends the wait with its reason, and leaves what is waited for as it is. */
  readonly signal?: AbortSignal | undefined;
}

export function checkWaitOptions(options: WaitOptions): void {
  checkOptions(options);
  checkTimeout("timeout", options.timeout);
  checkSignal("signal", options.signal);
}

/** Resolves once `future` is done; rejects with `TimeoutError` or the signal's reason before that. */
export function untilDone<T>(future: Future<T>, { timeout, signal }: WaitOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (future.done()) return resolve();
    const ms = timeout ?? Number.POSITIVE_INFINITY;
    const late = () => {
      const state = future.running() ? "running" : "waiting for its start";
      return new TimeoutError(`No result within ${ms} ms; the call is still ${state} and goes on`);
    };
    if (ms === 0) return reject(late());

    const done = () => {
      leave();
      resolve();
    };
    const refuse = (error: unknown) => {
      leave();
      reject(error);
    };
    const timer = new Timer(ms, () => refuse(late()));
    const stopListening = signal && onAbort(signal, () => refuse(signal.reason));
    const leave = () => {
      timer.stop();
      stopListening?.();
      forget?.();
      internals.unwatch(future, done);
    };
    future.addDoneCallback(done);
    const forget = timeout === undefined && !signal ? internals.waits(future, refuse) : undefined;
  });
}
