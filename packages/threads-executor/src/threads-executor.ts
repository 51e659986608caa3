/**
 * ThreadsExecutor: the Executor interface for those who have workers of the `threads` package.
 *
 *   submit(tasks.square, 4) ──► Job ──► Host: own workers, or a given Pool ──► thread.square(4) ──► Future
 *
 * E1  #unfinished holds every job until it is over on its host, which may be after its future: shutdown waits for it.
 */
import { availableParallelism } from "node:os";
import { BaseExecutor, type Call, ExecutorShutdownError, Future, type ShutdownOptions } from "@concurrent-futures/core";
import { GivenPool, type Host, OwnWorkers } from "./hosts.js";
import { Job } from "./job.js";
import { type ExposedTasks, exposedTasks } from "./tasks.js";
import type { ThreadsPool, ThreadsWorker } from "./threads-api.js";

/** Options of `ThreadsExecutor`, for workers of its own. */
export interface ThreadsExecutorOptions {
  /** Workers at most. Default: `os.availableParallelism()`. */
  readonly maxWorkers?: number;
  /** Milliseconds that an aborted function may go on before its worker is ended. Default 1000. */
  readonly abortGrace?: number;
}

/**
 * Runs what workers of the `threads` package expose.
 *
 * `M` is the exposed module, or `{ default: typeof fn }` for a worker that exposes one function. Submit `tasks`, or a
 * function: it stands for the one that the worker exposes under its name. The values of an observable are the future's
 * progress, the last one is its result.
 */
export class ThreadsExecutor<M = Record<string, (...args: never[]) => unknown>> extends BaseExecutor {
  /** References to the exposed functions. */
  readonly tasks: ExposedTasks<M> = exposedTasks<M>();
  readonly #host: Host;
  readonly #parallelism: number;
  readonly #unfinished = new Map<Job, Promise<void>>();
  #open = true;

  /**
   * @param workers starts a worker, `() => new Worker("./worker")`; or a `Pool`, which stays its owner's: the executor
   *   neither ends it nor any of its workers
   * @param options for workers of the executor's own
   * @throws {TypeError|RangeError} naming what is wrong
   */
  constructor(workers: (() => ThreadsWorker) | ThreadsPool, options: ThreadsExecutorOptions = {}) {
    super();
    const maxWorkers = checked("maxWorkers", options.maxWorkers, 1) ?? availableParallelism();
    const abortGrace = checked("abortGrace", options.abortGrace, 0) ?? 1000;
    this.#parallelism = maxWorkers;
    if (typeof workers === "function") this.#host = new OwnWorkers(workers, maxWorkers, abortGrace);
    else if (typeof Object(workers).queue === "function") this.#host = new GivenPool(workers);
    else throw new TypeError(`Expected \`workers\` to be a function or a Pool of the threads package, got ${workers}`);
  }

  protected override get parallelism(): number {
    return this.#parallelism;
  }

  protected override schedule(call: Call): Future<unknown> {
    if (!this.#open)
      throw new ExecutorShutdownError("Cannot submit to this ThreadsExecutor any more: it was shut down");
    let job: Job;
    try {
      job = new Job(call);
    } catch (error) {
      const future = new Future<unknown>();
      future.setException(error);
      return future;
    }
    const over = this.#host.run(job).finally(() => this.#unfinished.delete(job));
    this.#unfinished.set(job, over);
    return job.future;
  }

  /**
   * Takes no more calls; what was submitted still runs, unless `cancelFutures` cancels what has not started.
   *
   * @returns resolves when all calls are over and the executor's own workers have ended; with `wait: false`, at once
   */
  async shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    this.#open = false;
    if (cancelFutures) for (const job of this.#unfinished.keys()) job.future.cancel();
    const over = this.#end();
    if (wait) await over;
  }

  async #end(): Promise<void> {
    await Promise.all(this.#unfinished.values());
    await this.#host.end();
  }
}

function checked(option: string, value: number | undefined, least: number): number | undefined {
  if (value === undefined) return undefined;
  const expected = `Expected \`${option}\` to be an integer of at least ${least}, got ${String(value)}`;
  if (typeof value !== "number") throw new TypeError(expected);
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(expected);
  return value;
}
