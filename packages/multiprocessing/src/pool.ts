/**
 * Pool: Python's older interface to a pool of processes. All that it does is done by a ProcessPoolExecutor.
 *
 *   running ──close()──► closed ──join()──► the workers have left         running, closed ──terminate()──► terminated
 */
import { ExecutorShutdownError, Future, InvalidStateError, type MapResults, type Task } from "@concurrent-futures/core";
import { ProcessPoolExecutor } from "@concurrent-futures/process-executor";
import { requireCount, requireTask } from "@concurrent-futures/worker-pool";
import { AsyncResult, type Callbacks } from "./async-result.js";
import { executorOptions, type PoolOptions } from "./pool-options.js";
import { requireArguments } from "./process-options.js";
import { type Job, UnorderedResults } from "./unordered-results.js";
import { requireOptions } from "./validate.js";

/** A list of arguments, which may be left out where there are none; then other parameters. */
export type Arguments<A extends readonly unknown[], More extends readonly unknown[] = []> = [] extends A
  ? [args?: Readonly<A>, ...More]
  : [args: Readonly<A>, ...More];

/** Options of the methods that take many items. */
export interface ChunkOptions {
  /** How many items travel in one message and run one after the other. Default: adapts to how long items take. */
  readonly chunkSize?: number | "auto";
}

/** Results one at a time, for `for await`. Leaving or disposing of it cancels what has not started. */
export type Results<R> = AsyncIterableIterator<R> & AsyncDisposable;

type Items<T> = Iterable<T> | AsyncIterable<T>;
/** As the executor's look-ahead for inputs whose end is not known. */
const LOOK_AHEAD = 64;

/**
 * A pool of processes that runs calls.
 *
 * ```ts
 * await using pool = new Pool({ processes: 4 });
 * console.log(await pool.apply(square, [10]));
 * const result = pool.applyAsync(square, [20]);
 * console.log(await result.get({ timeout: 1000 }));
 * ```
 *
 * Semantics: multiprocessing.pool.Pool, Python 3.14. Arguments are given as a list, as there.
 * Differs (D-53 to D-55): `apply` and
 * `map` return promises, the first error of a map cancels what has not started, and a worker that dies fails its calls.
 */
export class Pool<I extends readonly unknown[] = readonly unknown[]> implements AsyncDisposable {
  readonly #executor: ProcessPoolExecutor;
  readonly #processes: number;
  #state: "running" | "closed" | "terminated" = "running";

  /** @throws {TypeError | RangeError} naming the option that is wrong */
  constructor(options: PoolOptions<I> = {}) {
    const settings = executorOptions(options);
    this.#executor = new ProcessPoolExecutor(settings);
    this.#processes = settings.maxWorkers;
  }

  /**
   * Calls `fn(...args)`.
   *
   * @returns the result, or the error as a rejection; it also rejects with `TypeError` when `args` is no list, and with
   *   `ExecutorShutdownError` (ERR_EXECUTOR_SHUTDOWN) after close() or terminate()
   * Semantics: multiprocessing.pool.Pool.apply, Python 3.14.
   */
  async apply<A extends readonly unknown[], R>(fn: Task<A, R>, ...rest: Arguments<A>): Promise<Awaited<R>> {
    return this.#submit(fn, rest[0]);
  }

  /**
   * Calls `fn(...args)`, for a result to be asked for later.
   *
   * @param rest `args`, then `{ callback, errorCallback }`: called when the call has ended
   * @throws {TypeError} `args` is no list, or a callback no function
   * @throws {ExecutorShutdownError} after close() or terminate()
   * Semantics: multiprocessing.pool.Pool.apply_async, Python 3.14.
   */
  applyAsync<A extends readonly unknown[], R>(
    fn: Task<A, R>,
    ...rest: Arguments<A, [options?: Callbacks<Awaited<R>>]>
  ): AsyncResult<Awaited<R>> {
    const [args, options = {}] = rest as [args?: A, options?: Callbacks<Awaited<R>>];
    requireOptions(options, ["callback", "errorCallback"]);
    return new AsyncResult(this.#submit(fn, args), options);
  }

  /**
   * Calls `fn` on each item.
   *
   * @returns the results in the items' order; it rejects with the first error
   * Semantics: multiprocessing.pool.Pool.map, Python 3.14.
   */
  async map<T, R>(fn: Task<[T], R>, items: Items<T>, options: ChunkOptions = {}): Promise<Awaited<R>[]> {
    return this.#map(fn, items, options);
  }

  /**
   * As `map`, for a result to be asked for later.
   *
   * @throws {TypeError | RangeError} naming the option that is wrong
   * @throws {ExecutorShutdownError} after close() or terminate()
   * Semantics: multiprocessing.pool.Pool.map_async, Python 3.14.
   */
  mapAsync<T, R>(
    fn: Task<[T], R>,
    items: Items<T>,
    options: ChunkOptions & Callbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#collect(options, (chunks) => this.#map(fn, items, chunks));
  }

  /**
   * As `map`, for a function of several arguments: each item is a list of them.
   * Semantics: multiprocessing.pool.Pool.starmap, Python 3.14.
   */
  async starmap<A extends readonly unknown[], R>(
    fn: Task<A, R>,
    argLists: Items<A>,
    options: ChunkOptions = {},
  ): Promise<Awaited<R>[]> {
    return this.#starmap(fn, argLists, options);
  }

  /**
   * As `starmap`, for a result to be asked for later. Throws as `mapAsync` does.
   * Semantics: multiprocessing.pool.Pool.starmap_async, Python 3.14.
   */
  starmapAsync<A extends readonly unknown[], R>(
    fn: Task<A, R>,
    argLists: Items<A>,
    options: ChunkOptions & Callbacks<Awaited<R>[]> = {},
  ): AsyncResult<Awaited<R>[]> {
    return this.#collect(options, (chunks) => this.#starmap(fn, argLists, chunks));
  }

  /**
   * As `map`, for results one at a time: iterate over them with `for await`. Items of a generator are read as results
   * are. Leaving the iteration early cancels what has not started.
   *
   * @throws {TypeError | RangeError} naming the option that is wrong
   * @throws {ExecutorShutdownError} after close() or terminate()
   * Semantics: multiprocessing.pool.Pool.imap, Python 3.14.
   * Differs (D-55): the first error ends the iteration.
   */
  imap<T, R>(fn: Task<[T], R>, items: Items<T>, options: ChunkOptions = {}): Results<Awaited<R>> {
    return this.#map(fn, items, options);
  }

  /**
   * As `imap`, with each result as soon as it is there, in any order.
   *
   * @param options.chunkSize an integer; default 1
   * Semantics: multiprocessing.pool.Pool.imap_unordered, Python 3.14.
   * Differs (D-55): the first error ends the iteration.
   */
  imapUnordered<T, R>(
    fn: Task<[T], R>,
    items: Items<T>,
    options: { readonly chunkSize?: number } = {},
  ): Results<Awaited<R>> {
    this.#checkRunning();
    const chunkSize = requireCount("chunkSize", requireOptions(options, ["chunkSize"]).chunkSize, 1) ?? 1;
    if (requireTask("fn", fn) === undefined) throw new TypeError("Expected `fn` to be a function, got undefined");
    const sized = Array.isArray(items) || ArrayBuffer.isView(items) || "size" in Object(items);
    return new UnorderedResults<T, Awaited<R>>(items, {
      submit: (chunk) => this.#job(fn, chunk),
      chunkSize,
      ahead: sized ? Number.POSITIVE_INFINITY : Math.max(LOOK_AHEAD, 4 * this.#processes),
    });
  }

  /**
   * Takes no more calls; those made still run, then the workers leave.
   * Semantics: multiprocessing.pool.Pool.close, Python 3.14.
   */
  close(): void {
    if (this.#state !== "running") return;
    this.#state = "closed";
    void this.#executor.shutdown({ wait: false });
  }

  /**
   * Ends the workers with SIGTERM. Calls that run reject with `WorkerCrashedError`, those that wait with `CancelledError`
   * (in Python nobody ever hears of them).
   *
   * @returns resolves when the workers have ended; `join()` does as well
   * Semantics: multiprocessing.pool.Pool.terminate, Python 3.14.
   */
  async terminate(): Promise<void> {
    this.#state = "terminated";
    await this.#executor.terminateWorkers();
  }

  /**
   * Waits for the workers to leave.
   *
   * Rejects with `InvalidStateError` (ERR_INVALID_STATE) when neither close() nor terminate() was called.
   * Semantics: multiprocessing.pool.Pool.join, Python 3.14.
   */
  async join(): Promise<void> {
    if (this.#state === "running")
      throw new InvalidStateError("The pool is still running: close() or terminate() it first");
    await this.#executor.shutdown();
  }

  /** `terminate()`, for `await using`. Semantics: multiprocessing.pool.Pool.__exit__, Python 3.14. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.terminate();
  }

  #checkRunning(): void {
    if (this.#state !== "running") throw new ExecutorShutdownError(`Pool not running: it was ${this.#state}`);
  }

  #submit<A extends readonly unknown[], R>(fn: Task<A, R>, args: Readonly<A> | undefined): Future<Awaited<R>> {
    this.#checkRunning();
    return this.#executor.submit(fn, ...(requireArguments("args", args) as A));
  }

  #map<T, R>(fn: Task<[T], R>, items: Items<T>, options: ChunkOptions): MapResults<Awaited<R>> {
    this.#checkRunning();
    return this.#executor.map(fn, items, chunksOnly(options));
  }

  #starmap<A extends readonly unknown[], R>(
    fn: Task<A, R>,
    argLists: Items<A>,
    options: ChunkOptions,
  ): MapResults<Awaited<R>> {
    this.#checkRunning();
    return this.#executor.starmap(fn, argLists, chunksOnly(options));
  }

  #collect<R>(
    options: ChunkOptions & Callbacks<R[]>,
    start: (chunks: ChunkOptions) => PromiseLike<R[]>,
  ): AsyncResult<R[]> {
    const { callback, errorCallback, ...chunks } = requireOptions(options, ["chunkSize", "callback", "errorCallback"]);
    const future = new Future<R[]>();
    const result = new AsyncResult(future, { callback, errorCallback } as Callbacks<R[]>);
    start(chunks as ChunkOptions).then(
      (values) => future.setResult(values),
      (error: unknown) => future.setException(error),
    );
    return result;
  }

  #job<T, R>(fn: Task<[T], R>, chunk: readonly T[]): Job<Awaited<R>> {
    if (chunk.length === 1) {
      const future = this.#executor.submit(fn, chunk[0] as T);
      return { values: future.then((value) => [value]), cancel: () => future.cancel() };
    }
    const results = this.#executor.map(fn, chunk, { chunkSize: chunk.length });
    return { values: Promise.resolve<Awaited<R>[]>(results), cancel: () => void results.return?.() };
  }
}

function chunksOnly(options: ChunkOptions): ChunkOptions {
  requireOptions(options, ["chunkSize"]);
  return options;
}
