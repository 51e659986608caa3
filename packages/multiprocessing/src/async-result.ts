/** AsyncResult: what `applyAsync`, `mapAsync` and `starmapAsync` give, a Future by another name. */
import { type Future, InvalidStateError, wait } from "@concurrent-futures/core";
import { requireFunction } from "./validate.js";

/** Told of how a call of a pool ended. */
export interface Callbacks<T> {
  /** Called with the result. */
  readonly callback?: (value: T) => unknown;
  /** Called with the error instead. */
  readonly errorCallback?: (error: unknown) => unknown;
}

/** Options of waiting. */
export interface ResultOptions {
  /** Milliseconds; default: none. */
  readonly timeout?: number;
}

/**
 * The result of a pool's call, now or later. It can also be awaited by itself.
 *
 * Semantics: multiprocessing.pool.AsyncResult, Python 3.14.
 */
export class AsyncResult<T> implements PromiseLike<T> {
  readonly #future: Future<T>;
  #successful: boolean | undefined; // undefined until it has ended

  /** @internal Pools make these. */
  constructor(future: Future<T>, callbacks: Callbacks<T> = {}) {
    const callback = requireFunction("callback", callbacks.callback);
    const errorCallback = requireFunction("errorCallback", callbacks.errorCallback);
    this.#future = future;
    const told = future.then(
      (value) => {
        this.#successful = true;
        return callback?.(value);
      },
      (error: unknown) => {
        this.#successful = false;
        return errorCallback?.(error);
      },
    );
    future.addDoneCallback(() => told); // which reports a callback that fails
  }

  /**
   * The result.
   *
   * Rejects with what the function threw, or with `TimeoutError` (ERR_TIMEOUT) when `timeout` is over: the call goes on.
   * @throws {TypeError | RangeError} at once, for a wrong `timeout`
   * Semantics: multiprocessing.pool.AsyncResult.get, Python 3.14.
   */
  get(options: ResultOptions = {}): Promise<T> {
    return this.#future.result(options);
  }

  /**
   * Resolves when the call has ended, however, or when `timeout` is over.
   * @throws {TypeError | RangeError} at once, for a wrong `timeout`
   * Semantics: multiprocessing.pool.AsyncResult.wait, Python 3.14.
   */
  wait(options: ResultOptions = {}): Promise<void> {
    return wait([this.#future], options).then(() => {});
  }

  /** Whether the call has ended. Semantics: multiprocessing.pool.AsyncResult.ready, Python 3.14. */
  ready(): boolean {
    return this.#successful !== undefined;
  }

  /**
   * Whether the call ended without an error.
   * @throws {InvalidStateError} it has not ended (Python: ValueError)
   * Semantics: multiprocessing.pool.AsyncResult.successful, Python 3.14.
   */
  successful(): boolean {
    if (this.#successful !== undefined) return this.#successful;
    throw new InvalidStateError("The call has not ended: ask ready() first, or await wait()");
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a result that comes later, like a promise
  then<R1 = T, R2 = never>(
    onFulfilled?: ((value: T) => R1 | PromiseLike<R1>) | null,
    // biome-ignore lint/suspicious/noExplicitAny: as in the platform's Promise.then
    onRejected?: ((reason: any) => R2 | PromiseLike<R2>) | null,
  ): Promise<R1 | R2> {
    return this.#future.then(onFulfilled, onRejected);
  }
}
