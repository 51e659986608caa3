/** Waiting for several futures at once. */

import { checkOptions, checkTimeout } from "./checks.js";
import { Deferred } from "./deferred.js";
import { type Future, internals } from "./future.js";
import { uniqueFutures } from "./futures.js";
import { show } from "./show.js";
import { Timer } from "./timer.js";

/** Wait until all futures are done. */
export const ALL_COMPLETED = "ALL_COMPLETED";
/** Wait until any future is done; a cancelled one is. */
export const FIRST_COMPLETED = "FIRST_COMPLETED";
/** Wait until any future ended with an error of its task, or all are done. */
export const FIRST_EXCEPTION = "FIRST_EXCEPTION";

/** When `wait` resolves. */
export type ReturnWhen = typeof ALL_COMPLETED | typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION;

/** What `wait` gives. */
export interface WaitResult<F> {
  /** Those that have their outcome. */
  readonly done: Set<F>;
  /** All others. */
  readonly notDone: Set<F>;
}

/** Options of `wait`. */
export interface WaitAllOptions {
  /** Milliseconds; 0 only looks at the present states. Default: none. */
  readonly timeout?: number | undefined;
  /** Default `ALL_COMPLETED`. */
  readonly returnWhen?: ReturnWhen | undefined;
}

/**
 * Waits for futures, and tells which are done and which are not. A timeout is no error: it only ends the wait.
 *
 * @param futures any iterable; one that is given twice counts once
 * @throws {TypeError|RangeError} at once, for a wrong option or something that is not a future
 *
 * Semantics: concurrent.futures.wait, Python 3.14.
 */
export function wait<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: WaitAllOptions = {},
): Promise<WaitResult<F>> {
  checkOptions(options);
  const { timeout = Number.POSITIVE_INFINITY, returnWhen = ALL_COMPLETED } = options;
  checkTimeout("timeout", timeout);
  checkReturnWhen(returnWhen);
  const done = new Set<F>();
  const notDone = new Set<F>();
  for (const future of uniqueFutures(futures)) (future.done() ? done : notDone).add(future);

  const ends = (future: F) =>
    returnWhen === FIRST_COMPLETED || (returnWhen === FIRST_EXCEPTION && internals.raised(future));
  const result = { done, notDone };
  if (notDone.size === 0 || timeout === 0 || [...done].some(ends)) return Promise.resolve(result);

  const over = new Deferred<WaitResult<F>>();
  const leave = () => {
    timer.stop();
    for (const forget of forgets) forget?.();
    for (const future of notDone) internals.unwatch(future, settled);
  };
  const settled = (future: Future<unknown>) => {
    notDone.delete(future as F);
    done.add(future as F);
    if (notDone.size > 0 && !ends(future as F)) return;
    leave();
    over.resolve(result);
  };
  const timer = new Timer(timeout, () => {
    leave();
    over.resolve(result);
  });
  const refuse = (error: unknown) => {
    leave();
    over.reject(error);
  };
  for (const future of notDone) future.addDoneCallback(settled);
  const forEver = returnWhen === ALL_COMPLETED && timeout === Number.POSITIVE_INFINITY;
  const forgets = forEver ? [...notDone].map((future) => internals.waits(future, refuse)) : [];
  return over.promise;
}

function checkReturnWhen(value: unknown): void {
  if (value === ALL_COMPLETED || value === FIRST_COMPLETED || value === FIRST_EXCEPTION) return;
  const choice = `"${ALL_COMPLETED}", "${FIRST_COMPLETED}" or "${FIRST_EXCEPTION}"`;
  throw new RangeError(`Expected \`returnWhen\` to be ${choice}, got ${show(value)}`);
}
