/**
 * PoolCall: one submitted call on its way through the pool; the controller of its future, and its async context.
 *
 *   waiting --send--> sent --worker reports--> over
 *      ^                |
 *      +---taken back---+         (cancel, steal, crash before its start)
 *
 * P1  `queue` is set exactly while the call waits, `worker` exactly while it is with a worker: never both.
 * P2  A call that is over has neither, and holds nothing of the program's: its future may be kept for long.
 * P3  A waiting call takes less than 300 bytes, its future included. So no number here needs a box on the heap.
 */
import { AsyncResource } from "node:async_hooks";
import { Future, type FutureController, type TaskOptions } from "@concurrent-futures/core";
import type { CallQueue } from "./call-queue.js";
import type { SubmitSite } from "./submit-site.js";
import type { TaskEntry } from "./task-table.js";
import type { WorkerHandle } from "./worker-handle.js";

/** Whom a call tells that its future was given up. */
export interface CallOwner {
  /** The call was cancelled, or aborted, before it started. */
  dropped(call: PoolCall): void;
  /** The call was aborted while it runs on a worker. */
  abortRunning(call: PoolCall, worker: WorkerHandle, reason: unknown): void;
}

const NO_ARGS: readonly unknown[] = [];
const NO_OPTIONS: TaskOptions = {};
/** As for Future's own: without it, every one would be tracked by the garbage collector, at ten times the cost. */
const UNTRACKED = { requireManualDestroy: true };
/** Per millisecond. As a small integer, which lasts for six hours of a program, a time needs no box (P3). */
const TICKS = 100;

export class PoolCall extends AsyncResource implements FutureController {
  readonly future: Future<unknown>;
  readonly entry: TaskEntry;
  readonly site: SubmitSite | undefined;
  /** Its place in the order of submission. */
  readonly order: number;
  options: TaskOptions;
  args: readonly unknown[];
  queue: CallQueue | undefined; // written by CallQueue
  worker: WorkerHandle | undefined; // written by WorkerHandle
  slot = 0; // of `worker`
  readonly #submittedTicks: number;

  constructor(
    entry: TaskEntry,
    args: readonly unknown[],
    options: TaskOptions,
    order: number,
    site: SubmitSite | undefined,
    nowMs: number,
  ) {
    super("ConcurrentFuture", UNTRACKED);
    this.entry = entry;
    this.args = args;
    this.options = options;
    this.order = order;
    this.#submittedTicks = Math.round(nowMs * TICKS);
    this.site = site;
    this.queue = undefined;
    this.worker = undefined;
    this.future = new Future<unknown>(this);
  }

  get context(): this {
    return this;
  }

  /** What Jest's `--detectOpenHandles` asks a resource that is never destroyed. */
  hasRef(): boolean {
    return !this.future.done();
  }

  /** Epoch milliseconds. */
  get submittedAt(): number {
    return performance.timeOrigin + this.#submittedTicks / TICKS;
  }

  /** What `taskContext().name` says. */
  get name(): string {
    return this.options.name ?? this.entry.name;
  }

  get priority(): number {
    return this.options.priority ?? 0;
  }

  /** Whether it may be sent ahead of its turn, and taken back: what was handed over by transfer cannot. */
  get movable(): boolean {
    return this.options.transfer === undefined && this.options.key === undefined;
  }

  /** Whether this call goes before another. */
  precedes(other: PoolCall): boolean {
    return this.priority === other.priority ? this.order < other.order : this.priority > other.priority;
  }

  /** The call is over: lets go of what it held (P2). */
  release(): void {
    this.args = NO_ARGS;
    const { key } = this.options; // one that was aborted while it ran has its key until it ends
    this.options = key === undefined ? NO_OPTIONS : { key };
  }

  cancel(): boolean {
    if (!this.#takeBack()) return false;
    this.entry.owner.dropped(this);
    return true;
  }

  refresh(): void {
    if (this.worker?.hasStarted(this) === true) this.future.setRunningOrNotifyCancel();
  }

  abort(reason: unknown): void {
    const worker = this.worker;
    // Neither waiting nor with a worker (P1): it is being sent, its outcome is being decoded, or its worker has died.
    if (this.#takeBack() || worker === undefined) this.entry.owner.dropped(this);
    else this.entry.owner.abortRunning(this, worker, reason);
  }

  #takeBack(): boolean {
    if (this.queue !== undefined) {
      this.queue.remove(this);
      return true;
    }
    return this.worker?.takeBack(this) === true;
  }
}
