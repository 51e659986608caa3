/**
 * EventLoopExecutor: calls on the caller's own event loop, a bounded number at once.
 *
 *   schedule ──► #queue (priority, FIFO) ──► a place of p-limit ──► run ──► settle
 *
 * I1  For every queued job one place is asked for; the place takes the job of the highest priority when it comes up,
 *     so there may be places that find nothing, never jobs without a place.
 * I2  A job is in #running from its start until its task ends, also when its future was aborted before that.
 * I3  When each job in #running waits for a call of this executor, none of them can ever go on (a call that had a place
 *     would be running, and not wait): the wait that closed the ring is refused.
 */
import pLimit from "p-limit";
import { BaseExecutor } from "./base-executor.js";
import { checkInteger, checkOptions } from "./checks.js";
import { Deferred } from "./deferred.js";
import { DeadlockError, ExecutorShutdownError } from "./errors.js";
import { EventLoopJob, type OwnWait } from "./event-loop-job.js";
import type { Call, ShutdownOptions } from "./executor.js";
import type { Future } from "./future.js";
import { currentTask } from "./task-context.js";
import { TaskQueue } from "./task-queue.js";

/** Options of `EventLoopExecutor`. */
export interface EventLoopExecutorOptions {
  /** How many tasks run at once. Default 32. */
  readonly maxWorkers?: number | undefined;
}

/**
 * Runs tasks on the caller's own event loop, at most `maxWorkers` at once: for tasks that wait rather than compute,
 * for tests, and for browsers.
 *
 * Of the task options, `key` (there is one worker), `transfer` (nothing is copied) and `retries` (no worker crashes)
 * have nothing to do here. An aborted task keeps its place until it ends by itself. A task that waits, without a time
 * limit, for calls of its own executor while all others do too is refused with `DeadlockError` (ERR_DEADLOCK).
 */
export class EventLoopExecutor extends BaseExecutor {
  readonly #maxWorkers: number;
  readonly #limit: ReturnType<typeof pLimit>;
  readonly #queue = new TaskQueue<EventLoopJob>();
  readonly #running = new Set<EventLoopJob>();
  readonly #freeIds: number[] = []; // of those given out before
  #ids = 0; // given out so far
  #unsettled = 0; // futures
  #state: "open" | "shut down" = "open";
  #settled: Deferred<void> | undefined; // while somebody waits for #unsettled to be 0

  /**
   * @throws {TypeError|RangeError} `maxWorkers` is not an integer of at least 1
   */
  constructor(options: EventLoopExecutorOptions = {}) {
    super();
    checkOptions(options);
    checkInteger("maxWorkers", options.maxWorkers, 1);
    this.#maxWorkers = options.maxWorkers ?? 32;
    this.#limit = pLimit(this.#maxWorkers);
  }

  protected override get parallelism(): number {
    return this.#maxWorkers;
  }

  protected override schedule(call: Call): Future<unknown> {
    if (this.#state !== "open") {
      throw new ExecutorShutdownError("Cannot submit to this EventLoopExecutor any more: it was shut down");
    }
    const job = new EventLoopJob(call, (future, wait) => this.#noteWait(future, wait));
    this.#unsettled++;
    job.future.addDoneCallback(() => this.#countSettled());
    this.#queue.push(job, call.options.priority ?? 0);
    void this.#limit(() => this.#runNext());
    return job.future;
  }

  /** Resolves when all futures are settled; an aborted task that goes on is not waited for. */
  async shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    this.#state = "shut down";
    if (cancelFutures) {
      for (let job = this.#queue.shift(); job; job = this.#queue.shift()) job.future.cancel();
    }
    if (!wait || this.#unsettled === 0) return;
    this.#settled ??= new Deferred();
    await this.#settled.promise;
  }

  async #runNext(): Promise<void> {
    let job = this.#queue.shift();
    while (job && !job.take()) job = this.#queue.shift();
    if (!job) return;
    const workerId = this.#freeIds.pop() ?? ++this.#ids; // there is one for each of p-limit's places
    this.#running.add(job);
    await job.run(workerId);
    this.#running.delete(job);
    this.#freeIds.push(workerId);
  }

  #countSettled(): void {
    if (--this.#unsettled > 0) return;
    this.#settled?.resolve();
    this.#settled = undefined;
  }

  /** Somebody waits for `future`: if that is one of the running tasks, remember it (I3). */
  #noteWait(future: Future<unknown>, wait: OwnWait): () => void {
    const task = currentTask();
    if (!(task instanceof EventLoopJob) || !this.#running.has(task)) return () => {};
    const forget = () => task.waits.delete(wait);
    task.waits.add(wait);
    future.addDoneCallback(forget);
    // A moment later, when calls that have a place have started.
    if (this.#allWait()) setTimeout(() => this.#refuse(task, wait), 0);
    return forget;
  }

  #allWait(): boolean {
    return [...this.#running].every((job) => job.waits.size > 0);
  }

  #refuse(task: EventLoopJob, wait: OwnWait): void {
    if (!task.waits.has(wait) || !this.#allWait()) return;
    task.waits.delete(wait);
    wait.refuse(
      new DeadlockError(
        `The task ${task.name} waits for a call of its own EventLoopExecutor, which cannot start: all of its ` +
          `${this.#maxWorkers} places are taken by tasks that wait for such calls too. Raise \`maxWorkers\`, submit ` +
          "to another executor, or call the function directly",
      ),
    );
  }
}
