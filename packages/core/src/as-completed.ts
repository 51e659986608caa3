/**
 * asCompleted: futures in the order in which they end.
 *
 *   pending ──done callback──► completed ──next()──► given away
 *
 * I1  A future is in #pending or in #completed, or not kept at all.
 * I2  A timer runs only while somebody waits: an iterator that is dropped keeps no program alive.
 * I3  Leaving takes the callbacks back, in O(1) each.
 */

import { checkOptions, checkTimeout } from "./checks.js";
import { Deferred } from "./deferred.js";
import { TimeoutError } from "./errors.js";
import { Fifo } from "./fifo.js";
import { type Future, internals } from "./future.js";
import { uniqueFutures } from "./futures.js";
import { Timer } from "./timer.js";

/** Options of `asCompleted`. */
export interface AsCompletedOptions {
  /** Milliseconds from the call until the iteration fails with `TimeoutError`. Default: none. */
  readonly timeout?: number | undefined;
}

/**
 * Gives futures as they end, those done already first. Each comes once, also when given twice.
 *
 * @param futures any iterable
 * @throws {TypeError|RangeError} at once, for a wrong option or something that is not a future
 * The iteration throws `TimeoutError` (ERR_TIMEOUT) when `timeout` is over and all that are done were given.
 *
 * Semantics: concurrent.futures.as_completed, Python 3.14.
 */
export function asCompleted<F extends Future<unknown>>(
  futures: Iterable<F>,
  options: AsCompletedOptions = {},
): AsyncIterableIterator<F> & AsyncDisposable {
  checkOptions(options);
  checkTimeout("timeout", options.timeout);
  return new Completions(uniqueFutures(futures), options.timeout ?? Number.POSITIVE_INFINITY);
}

class Completions<F extends Future<unknown>> implements AsyncIterableIterator<F>, AsyncDisposable {
  readonly #total: number;
  readonly #deadline: number;
  readonly #pending: Set<F>;
  readonly #completed = new Fifo<F>();
  readonly #waiters = new Fifo<Deferred<IteratorResult<F, undefined>>>();
  #timer: Timer | undefined; // while there are waiters (I2)
  #forget: (() => void) | undefined; // takes back what the executor was told of this wait
  readonly #tracked: boolean;

  constructor(futures: Set<F>, timeout: number) {
    this.#total = futures.size;
    this.#pending = futures;
    this.#deadline = performance.now() + timeout;
    this.#tracked = timeout === Number.POSITIVE_INFINITY && [...futures].every(internals.tracksWaits);
    // Those that are done call at once, and so come first.
    for (const future of [...futures]) future.addDoneCallback(this.#settled);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<F, undefined>> {
    const value = this.#completed.shift();
    if (value) return Promise.resolve({ value, done: false });
    if (this.#pending.size === 0) return Promise.resolve({ value: undefined, done: true });
    const leftMs = this.#deadline - performance.now();
    const waiter = new Deferred<IteratorResult<F, undefined>>();
    this.#waiters.push(waiter);
    if (leftMs <= 0) this.#fail(this.#timedOut());
    else this.#awaitNext(leftMs);
    return waiter.promise;
  }

  #awaitNext(leftMs: number): void {
    this.#timer ??= new Timer(leftMs, () => this.#fail(this.#timedOut()));
    const [first] = this.#pending;
    if (this.#tracked && first) this.#forget ??= internals.waits(first, (error) => this.#fail(error));
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#leave();
    this.#completed.clear();
    for (let waiter = this.#waiters.shift(); waiter; waiter = this.#waiters.shift()) {
      waiter.resolve({ value: undefined, done: true });
    }
    return Promise.resolve({ value: undefined, done: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  readonly #settled = (future: Future<unknown>): void => {
    this.#pending.delete(future as F);
    const waiter = this.#waiters.shift();
    if (waiter) waiter.resolve({ value: future as F, done: false });
    else this.#completed.push(future as F);
    if (this.#waiters.size === 0) this.#rest();
    else if (this.#pending.size === 0) void this.return(); // more waiters than futures
  };

  /** Ends the iteration; the first who waits is told why. */
  #fail(error: unknown): void {
    this.#waiters.shift()?.reject(error);
    void this.return();
  }

  #timedOut(): TimeoutError {
    return new TimeoutError(`${this.#pending.size} (of ${this.#total}) futures unfinished`);
  }

  /** Nobody waits any more, for now. */
  #rest(): void {
    this.#timer?.stop();
    this.#timer = undefined;
    this.#forget?.();
    this.#forget = undefined;
  }

  #leave(): void {
    this.#rest();
    for (const future of this.#pending) internals.unwatch(future, this.#settled);
    this.#pending.clear();
  }
}
