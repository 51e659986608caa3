/**
 * WorkerPoolExecutor: the face of a pool of workers, whatever they are. All that it does is done by its Scheduler.
 *
 * The scheduler does not know its executor: an executor that was dropped without shutdown can be collected, and then its
 * workers leave as soon as the calls they have are done.
 */
import { BaseExecutor, type Call, type Future, type ShutdownOptions } from "@concurrent-futures/core";
import type { PoolStats } from "./ledger.js";
import { resolveOptions, type WorkerPoolOptions } from "./options.js";
import { type BrokenError, Scheduler } from "./scheduler.js";
import { SubmitSites } from "./submit-site.js";
import type { WorkerTransport } from "./transport.js";

const dropped = new FinalizationRegistry<Scheduler>((scheduler) => void scheduler.shutdown({ wait: false }));

/**
 * An executor over workers that a transport starts.
 *
 * Extended by ThreadPoolExecutor and ProcessPoolExecutor, and by plugins that host workers somewhere else.
 * Semantics: concurrent.futures.ProcessPoolExecutor, Python 3.14.
 */
export class WorkerPoolExecutor<I extends readonly unknown[] = readonly unknown[]> extends BaseExecutor {
  readonly #scheduler: Scheduler;
  readonly #sites = new SubmitSites();
  readonly #parallelism: number;

  /**
   * @param transport starts the workers
   * @param options see WorkerPoolOptions
   * @param brokenError the class of the error that a broken pool rejects and throws
   * @throws {TypeError | RangeError} naming the option that is wrong
   */
  constructor(transport: WorkerTransport, options: WorkerPoolOptions<I>, brokenError: BrokenError) {
    super();
    const settings = resolveOptions(options);
    this.#parallelism = Math.min(settings.maxWorkers * settings.tasksPerWorker, 4096);
    this.#scheduler = new Scheduler(transport, settings, brokenError);
    dropped.register(this, this.#scheduler);
  }

  protected override get parallelism(): number {
    return this.#parallelism;
  }

  protected schedule(call: Call): Future<unknown> {
    const nowMs = performance.now();
    const site = this.#sites.capture(call.task, WorkerPoolExecutor.prototype.schedule, nowMs);
    return this.#scheduler.submit(call, site, nowMs);
  }

  /**
   * Takes no more calls; what was submitted still runs, unless `cancelFutures` cancels what has not started.
   *
   * @returns resolves when all workers have run their finalizer and exited; with `wait: false`, at once
   * Semantics: concurrent.futures.Executor.shutdown, Python 3.14.
   */
  shutdown(options?: ShutdownOptions): Promise<void> {
    return this.#scheduler.shutdown(options);
  }

  /**
   * Starts all workers and resolves when every initializer has run.
   * Rejects with the pool's Broken...Error when an initializer fails, `cause` being its error.
   */
  ready(): Promise<void> {
    return this.#scheduler.ready();
  }

  /** Resolves when there is room in the queue (`maxQueue`), at once if there is. */
  drained(): Promise<void> {
    return this.#scheduler.drained();
  }

  /** What the pool does and did: see PoolStats. */
  stats(): PoolStats {
    return this.#scheduler.stats();
  }

  /**
   * Shuts down without waiting for tasks: processes get SIGTERM, threads end. Running calls fail with
   * WorkerCrashedError, waiting ones are cancelled.
   *
   * @returns resolves when the workers have exited
   * Semantics: concurrent.futures.ProcessPoolExecutor.terminate_workers, Python 3.14.
   */
  terminateWorkers(): Promise<void> {
    return this.#scheduler.force("terminate");
  }

  /**
   * As `terminateWorkers`, with SIGKILL.
   * Semantics: concurrent.futures.ProcessPoolExecutor.kill_workers, Python 3.14.
   */
  killWorkers(): Promise<void> {
    return this.#scheduler.force("kill");
  }
}
