/**
 * Ledger: counts a pool's calls in and out, and tells metrics of it.
 *
 * L1  `open` counts the calls whose futures are not settled. Each is counted out once, by completed, failed or cancelled.
 */
import { taskEnd, taskStart, taskSubmit } from "./diagnostics.js";
import { type DurationStats, Histogram } from "./histogram.js";
import type { PoolCall } from "./pool-call.js";
import type { CallEnd, WorkerHandle } from "./worker-handle.js";

/** What `pool.stats()` says. */
export interface PoolStats {
  /** Workers alive, those that are starting or leaving included. */
  readonly workers: number;
  /** Workers that are ready and have nothing to do. */
  readonly idle: number;
  /** Calls that wait for their start. */
  readonly queued: number;
  /** Calls that run. */
  readonly running: number;
  /** Calls that returned. */
  readonly completed: number;
  /** Calls that threw, could not be sent, or lost their worker. */
  readonly failed: number;
  /** Calls that were cancelled or aborted, time limits included. */
  readonly cancelled: number;
  /** Workers that died. */
  readonly crashed: number;
  /** From submit to start, in ms. */
  readonly waitTime: DurationStats;
  /** From start to end, in ms. */
  readonly runTime: DurationStats;
}

export class Ledger {
  open = 0;
  submitted = 0;
  #completed = 0;
  #failed = 0;
  #cancelled = 0;
  #crashed = 0;
  readonly #waitTime = new Histogram();
  readonly #runTime = new Histogram();

  entered(call: PoolCall): void {
    this.open += 1;
    this.submitted += 1;
    if (taskSubmit.hasSubscribers) taskSubmit.publish({ future: call.future, name: call.name });
  }

  started(call: PoolCall, worker: WorkerHandle): void {
    if (taskStart.hasSubscribers) {
      taskStart.publish({ future: call.future, name: call.name, workerId: worker.workerId });
    }
  }

  /** A call has run, whatever became of its future. */
  ran(call: PoolCall, { startedAt, runMs }: CallEnd): void {
    this.#waitTime.record(startedAt - call.submittedAt);
    this.#runTime.record(runMs);
  }

  completed(call: PoolCall, end: CallEnd): void {
    this.#completed += 1;
    this.#left(call, { runTime: end.runMs });
  }

  failed(call: PoolCall, error: unknown): void {
    this.#failed += 1;
    this.#left(call, { error });
  }

  cancelled(call: PoolCall): void {
    this.#cancelled += 1;
    this.#left(call, {});
  }

  /** A call that never entered the pool. */
  refused(): void {
    this.#failed += 1;
  }

  workerCrashed(): void {
    this.#crashed += 1;
  }

  stats(now: Pick<PoolStats, "workers" | "idle" | "running">): PoolStats {
    return {
      ...now,
      queued: this.open - now.running,
      completed: this.#completed,
      failed: this.#failed,
      cancelled: this.#cancelled,
      crashed: this.#crashed,
      waitTime: this.#waitTime.stats(),
      runTime: this.#runTime.stats(),
    };
  }

  #left(call: PoolCall, details: object): void {
    this.open -= 1;
    if (taskEnd.hasSubscribers) taskEnd.publish({ future: call.future, name: call.name, ...details });
    call.release();
  }
}
