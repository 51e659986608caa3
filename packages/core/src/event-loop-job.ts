/**
 * EventLoopJob: one call of an EventLoopExecutor, and the executor's side of its future.
 *
 *   queued ──take()──► running ──► ended
 *     └──cancel, abort──► ended     (an aborted task that runs on keeps its place until it ends by itself)
 */
import type { Call } from "./executor.js";
import { Future, internals } from "./future.js";
import type { FutureController } from "./future-controller.js";
import { runInTaskContext, type TaskContext } from "./task-context.js";
import type { AnyFunction } from "./task-reference.js";
import { taskName } from "./task-shape.js";

/** A wait of a running task for a future of its own executor. */
export interface OwnWait {
  refuse(error: Error): void;
}

export class EventLoopJob implements FutureController, TaskContext {
  readonly future: Future<unknown>;
  readonly name: string;
  workerId = 0; // while running
  /** The waits of this task, while it runs, for calls of the same executor. */
  readonly waits = new Set<OwnWait>();
  readonly waited: (refuse: (error: Error) => void) => () => void;
  #call: Call | undefined; // until it runs or is dropped
  #abort: AbortController | undefined; // once somebody asked for the signal

  constructor(call: Call, onWait: (future: Future<unknown>, wait: OwnWait) => () => void) {
    this.#call = call;
    this.name = call.options.name ?? taskName(call.task);
    this.waited = (refuse) => onWait(this.future, { refuse });
    this.future = new Future(this);
  }

  /** Whether the call is to run, now; it was cancelled or aborted otherwise. */
  take(): boolean {
    return !this.future.done() && this.future.setRunningOrNotifyCancel();
  }

  /** Runs the task, in the async context of its submit. Never rejects. */
  async run(workerId: number): Promise<void> {
    const { task, args } = this.#call as Call;
    this.#call = undefined;
    this.workerId = workerId;
    const start = async () => (typeof task === "function" ? task : ((await task.load()) as AnyFunction))(...args);
    try {
      const value = await internals.runInContext(this.future, () => runInTaskContext(this, start));
      if (!this.future.done()) this.future.setResult(value);
    } catch (error) {
      if (!this.future.done()) this.future.setException(error);
    }
  }

  get signal(): AbortSignal {
    this.#abort ??= new AbortController();
    return this.#abort.signal;
  }

  /** A function that needs no `this`: tasks take it out of their context. */
  get progress(): (value: unknown) => void {
    return (value) => this.future.setProgress(value);
  }

  cancel(): boolean {
    this.#call = undefined;
    return true;
  }

  refresh(): void {
    // The state is always up to date here.
  }

  abort(reason: unknown): void {
    this.#call = undefined;
    this.#abort ??= new AbortController();
    this.#abort.abort(reason);
  }
}
