/**
 * BaseExecutor: everything of an executor that does not depend on where calls run.
 *
 *   submit(fn, ...args) ── flatten partials, check ──► schedule(call) ──► Future, which follows the call's limits
 *   map(fn, items)      ── chunks of items ──────────► schedule(call) ──► MapResults, in the input's order
 *   with(options)       ── checked once ─────────────► the same two
 */

import { applyLimits } from "./call-limits.js";
import type {
  BoundExecutor,
  Call,
  Executor,
  MapOptions,
  MapResults,
  ShutdownOptions,
  Task,
  TaskOptions,
} from "./executor.js";
import { flatten } from "./flatten.js";
import { Future } from "./future.js";
import { startMap } from "./map.js";
import { ActiveMaps } from "./map-feed.js";
import { mergeTaskOptions } from "./task-options.js";
import type { AnyTask } from "./task-reference.js";

const noOptions: TaskOptions = Object.freeze({});

/**
 * What plugin authors extend. They write `schedule` and `shutdown`, and may say how many calls run at once.
 *
 * Semantics: concurrent.futures.Executor, Python 3.14.
 */
export abstract class BaseExecutor implements Executor {
  readonly #maps = new ActiveMaps();

  constructor() {
    // A sized input counts as submitted whole when map() returns, although its chunks are handed over bit by bit. So
    // what is left of it goes to the executor just before a shutdown, however the subclass writes that.
    const { shutdown } = this;
    this.shutdown = (options?: ShutdownOptions): Promise<void> => {
      this.#maps.handOver(options?.cancelFutures === true);
      return shutdown.call(this, options);
    };
  }

  /**
   * Makes a call run, now or later, and gives the future that the executor will settle.
   *
   * `call.task` is never a partial; `call.options` have been checked. `signal`, `timeout` and `queueTimeout` are taken
   * care of: they abort the future. For `timeout`, which counts from the start of the task, an executor calls
   * `future.setRunningOrNotifyCancel()` when a call with that option starts, not merely when somebody asks.
   *
   * @throws {ExecutorShutdownError} after shutdown
   * @throws {BrokenExecutorError} when nothing can run any more
   */
  protected abstract schedule(call: Call): Future<unknown>;

  /**
   * Takes no more calls. Those already submitted still run, unless `cancelFutures` cancels the ones not started.
   * May be called again, also with other options.
   *
   * @returns resolves when all calls have ended and everything is released; with `wait: false`, at once
   * Semantics: concurrent.futures.Executor.shutdown, Python 3.14.
   */
  abstract shutdown(options?: ShutdownOptions): Promise<void>;

  /** About how many calls run at once; `map` sizes its look-ahead by it. */
  protected get parallelism(): number {
    return 8;
  }

  /**
   * Schedules `fn(...args)`.
   *
   * @throws {TypeError} `fn` is neither a function nor a task reference
   * @throws {ExecutorShutdownError|BrokenExecutorError} the executor takes no calls; all else travels in the future
   * Semantics: concurrent.futures.Executor.submit, Python 3.14.
   */
  submit<A extends readonly unknown[], R>(fn: Task<A, R>, ...args: A): Future<Awaited<R>> {
    return this.#submit(fn, args, noOptions) as Future<Awaited<R>>;
  }

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
  map<T, R>(fn: Task<[T], R>, items: Iterable<T> | AsyncIterable<T>, options?: MapOptions): MapResults<Awaited<R>> {
    return this.#map(fn, items, options, noOptions, false) as MapResults<Awaited<R>>;
  }

  /**
   * As `map`, for a function of several arguments: each item is a list of them.
   * Semantics: itertools.starmap and multiprocessing.Pool.starmap, Python 3.14.
   */
  starmap<A extends readonly unknown[], R>(
    fn: Task<A, R>,
    argLists: Iterable<A> | AsyncIterable<A>,
    options?: MapOptions,
  ): MapResults<Awaited<R>> {
    return this.#map(fn, argLists, options, noOptions, true) as MapResults<Awaited<R>>;
  }

  /**
   * The same executor with options bound to every call made through the result.
   *
   * @throws {TypeError|RangeError} naming the option that is wrong
   */
  with(options: TaskOptions): BoundExecutor {
    const bound = mergeTaskOptions(noOptions, options);
    return {
      submit: (fn, ...args) => this.#submit(fn, args, bound) as never,
      map: (fn, items, mapOptions) => this.#map(fn, items, mapOptions, bound, false) as never,
      starmap: (fn, argLists, mapOptions) => this.#map(fn, argLists, mapOptions, bound, true) as never,
    };
  }

  /** `shutdown()`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }

  #submit(fn: unknown, args: readonly unknown[], options: TaskOptions): Future<unknown> {
    const { task, bound } = flatten(fn);
    return this.#schedule(task, bound.length > 0 ? [...bound, ...args] : args, options, false);
  }

  #schedule(task: AnyTask, args: readonly unknown[], options: TaskOptions, fromMap: boolean): Future<unknown> {
    if (options.signal?.aborted) {
      const future = new Future<unknown>();
      future.abort(options.signal.reason);
      return future;
    }
    const future = this.schedule({ task: task as Call["task"], args, options, fromMap });
    applyLimits(future, options);
    return future;
  }

  #map(
    fn: unknown,
    items: unknown,
    options: MapOptions | undefined,
    taskOptions: TaskOptions,
    spread: boolean,
  ): MapResults<unknown> {
    return startMap(
      {
        schedule: (task, args) => this.#schedule(task, args, taskOptions, true),
        parallelism: this.parallelism,
        taskOptions,
        active: this.#maps,
      },
      fn,
      items,
      options,
      spread,
    );
  }
}
