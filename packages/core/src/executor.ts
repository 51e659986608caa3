/**
 * The Executor contract: a schedule for calls. A call is a function (or a reference to one) and its arguments.
 */
import type { Future } from "./future.js";
import type { TaskReference } from "./task-reference.js";

/** A function to run somewhere: itself, or a reference by which a worker finds it. */
export type Task<A extends readonly unknown[], R> = ((...args: A) => R) | TaskReference<A, R>;

/**
 * What the platform's `postMessage` can hand over: an ArrayBuffer, a MessagePort, ... Not the platform's own type of
 * that name, which Node's typings lack.
 */
export type Transferable = object;

/** Options of one call, bound with `executor.with(options)`. Times are milliseconds. */
export interface TaskOptions {
  /** Aborting it aborts the call: waiting or running, its future rejects with the signal's reason at once. */
  readonly signal?: AbortSignal;
  /** How long the task may run, from its start; then its future rejects with `TimeoutError` and the task is aborted. */
  readonly timeout?: number;
  /** How long the call may wait for its start; then its future rejects with `TimeoutError` and it never runs. */
  readonly queueTimeout?: number;
  /** Higher starts first; calls of one priority start in order of submission. Default 0. */
  readonly priority?: number;
  /** Calls with the same key run on the same worker, in order, as long as that worker lives. */
  readonly key?: string;
  /** Objects among the arguments to hand over to the worker instead of copying them (threads only). */
  readonly transfer?: readonly Transferable[];
  /** How often to run the call again after its worker crashed. A thrown error is an answer and is not retried. Default 0. */
  readonly retries?: number;
  /** What `taskContext().name` and diagnostics call this task; default: the function's name. */
  readonly name?: string;
}

/** Options of `map` and `starmap`. */
export interface MapOptions {
  /** Milliseconds from the call until the iteration fails with `TimeoutError`. Default: none. */
  readonly timeout?: number;
  /**
   * How many items travel in one message and run in one call, one after the other. `"auto"`, the default, adapts to
   * how long items take; with `timeout`, `queueTimeout`, `retries` or `transfer` bound, which are a call's, it is 1.
   */
  readonly chunkSize?: number | "auto";
  /** How many items may be submitted ahead of the reader. Default: all of a sized input, a bounded look-ahead of others. */
  readonly bufferSize?: number;
  /** Aborting it ends the iteration with the signal's reason and cancels what has not started. */
  readonly signal?: AbortSignal;
}

/** The results of a `map`, in the input's order: iterate them with `for await`, or await them all as an array. */
export interface MapResults<R> extends AsyncIterableIterator<R>, PromiseLike<R[]>, AsyncDisposable {}

/** What a plugin schedules. */
export interface Call {
  /** A function, or a reference that `load()` turns into one. */
  readonly task: Task<readonly unknown[], unknown>;
  /** What the function is called with. */
  readonly args: readonly unknown[];
  /** What `with` bound; none when nothing was bound. */
  readonly options: TaskOptions;
  /** Whether `map` made it, which bounds by itself what it submits: a limit on waiting calls need not apply. */
  readonly fromMap?: boolean;
}

/** How `shutdown` ends an executor. */
export interface ShutdownOptions {
  /** Whether the returned promise waits for the calls and the workers to end. Default true. */
  readonly wait?: boolean;
  /** Whether calls that have not started are cancelled. Default false. */
  readonly cancelFutures?: boolean;
}

/** The methods that `with(options)` gives. */
export type BoundExecutor = Pick<Executor, "submit" | "map" | "starmap">;

/**
 * One interface for threads, processes and machines.
 *
 * Semantics: concurrent.futures.Executor, Python 3.14.
 */
export interface Executor extends AsyncDisposable {
  /**
   * Schedules `fn(...args)`.
   *
   * @throws {TypeError} `fn` is neither a function nor a task reference
   * @throws {ExecutorShutdownError|BrokenExecutorError} the executor takes no calls; all else travels in the future
   * Semantics: concurrent.futures.Executor.submit, Python 3.14.
   */
  submit<A extends readonly unknown[], R>(fn: Task<A, R>, ...args: A): Future<Awaited<R>>;
  /**
   * Calls `fn` on each item and gives the results in the items' order. Work starts now, not when results are read.
   *
   * @param items arrays, typed arrays, sets and maps count as submitted whole, unless `bufferSize` is given; generators
   *   and async iterables are read a bounded number of items ahead
   * @returns iterate it with `for await`, or await it for an array. Leaving the iteration early cancels what has not
   *   started and closes the input
   * @throws {TypeError|RangeError} for wrong options or an `fn` that cannot be called
   * The iteration throws what the first failing item threw, when its turn comes; `TimeoutError` (ERR_TIMEOUT) when
   * `timeout` is over; the signal's reason; or the executor's refusal to take calls.
   * Semantics: concurrent.futures.Executor.map, Python 3.14, with `bufferSize` for all executors.
   */
  map<T, R>(fn: Task<[T], R>, items: Iterable<T> | AsyncIterable<T>, options?: MapOptions): MapResults<Awaited<R>>;
  /**
   * As `map`, for a function of several arguments: each item is a list of them.
   * Semantics: itertools.starmap and multiprocessing.Pool.starmap, Python 3.14.
   */
  starmap<A extends readonly unknown[], R>(
    fn: Task<A, R>,
    argLists: Iterable<A> | AsyncIterable<A>,
    options?: MapOptions,
  ): MapResults<Awaited<R>>;
  /**
   * The same executor with options bound to every call made through the result.
   *
   * @throws {TypeError|RangeError} naming the option that is wrong
   */
  with(options: TaskOptions): BoundExecutor;
  /**
   * Takes no more calls. Those already submitted still run, unless `cancelFutures` cancels the ones not started.
   * May be called again, also with other options.
   *
   * @returns resolves when all calls have ended and everything is released; with `wait: false`, at once
   * Semantics: concurrent.futures.Executor.shutdown, Python 3.14.
   */
  shutdown(options?: ShutdownOptions): Promise<void>;
}
