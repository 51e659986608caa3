/**
 * RemoteCall: one call, and the executor's side of its future.
 *
 *   waiting ──sent──► sent ──► ended
 *      └───cancel, abort────────►┘
 *
 * C1  cancel() is synchronous, and Redis is not: a call that was sent cannot be cancelled any more, only aborted. To its
 *     future it counts as running from then on.
 * C2  `timeout` counts from the start of the task, so such a call counts as running only once a worker has it.
 */
import { type Call, Future, type FutureController, type TaskOptions, TimeoutError } from "@concurrent-futures/core";
import type { SubmitSite } from "@concurrent-futures/worker-pool";
import type { TaskName } from "./names.js";
import type { SentJob } from "./sent-job.js";

/** What a call asks of the executor. */
export interface CallOwner {
  /** It ended while it waited. */
  dropped(call: RemoteCall): void;
  /** It was aborted after it was sent. */
  withdraw(call: RemoteCall, reason: unknown): void;
  /** Takes its job back, if no worker has it; whether nobody will run it. */
  takeBack(job: SentJob): Promise<boolean>;
}

export class RemoteCall implements FutureController {
  readonly future: Future<unknown>;
  readonly task: TaskName;
  readonly options: TaskOptions;
  readonly priority: number;
  readonly fromMap: boolean;
  readonly submittedAt: number = performance.now();
  /** The place that submitted it. */
  readonly site: SubmitSite | undefined;
  state: "waiting" | "sent" | "ended" = "waiting";
  /** The arguments as text; until it ends. */
  payload: string;
  /** Once it is sent. */
  job: SentJob | undefined;
  retriesLeft: number;
  readonly #owner: CallOwner;

  constructor(call: Call, task: TaskName, payload: string, site: SubmitSite | undefined, owner: CallOwner) {
    this.task = task;
    this.options = call.options;
    this.priority = call.options.priority ?? 0;
    this.fromMap = call.fromMap === true;
    this.retriesLeft = call.options.retries ?? 0;
    this.payload = payload;
    this.site = site;
    this.#owner = owner;
    this.future = new Future<unknown>(this);
    const { queueTimeout } = call.options;
    if (queueTimeout === undefined) return;
    // In the contract's own way a call that was sent would count as started (C1).
    const timer = setTimeout(() => void this.#expire(queueTimeout), Math.min(queueTimeout, 2 ** 31 - 1));
    this.future.addDoneCallback(() => clearTimeout(timer));
  }

  /** Whether it needs a job of its own, because something is said about it alone. */
  get alone(): boolean {
    const { timeout, queueTimeout, retries, name } = this.options;
    return this.task.chunk || timeout !== undefined || queueTimeout !== undefined || !!retries || name !== undefined;
  }

  /** A worker has it. */
  start(): void {
    if (!this.future.done() && !this.#marked) this.future.setRunningOrNotifyCancel();
    this.#marked = true;
  }

  #marked = false; // once the future counts as running

  cancel(): boolean {
    if (this.state !== "waiting") {
      this.#marked = true; // the future becomes running
      return false;
    }
    this.#end();
    this.#owner.dropped(this);
    return true;
  }

  refresh(): void {
    if (this.state !== "sent" || this.#marked || this.options.timeout !== undefined) return;
    this.#marked = true;
    this.future.setRunningOrNotifyCancel();
  }

  abort(reason: unknown): void {
    const { state } = this;
    if (state === "ended") return;
    this.#end();
    if (state === "waiting") this.#owner.dropped(this);
    else this.#owner.withdraw(this, reason);
  }

  /** Ends it with an outcome, unless its future has one. Returns whether it did. */
  settle(set: (future: Future<unknown>) => void): boolean {
    if (this.state === "ended") return false;
    this.#end();
    if (this.future.done()) return false;
    set(this.future);
    return true;
  }

  /** Redis knows whether it has started; word of that may still be on its way. */
  async #expire(queueTimeout: number): Promise<void> {
    if (this.job !== undefined && (this.job.startedAt !== undefined || !(await this.#owner.takeBack(this.job)))) return;
    this.future.abort(new TimeoutError(`The call waited longer than its \`queueTimeout\` of ${queueTimeout} ms`));
  }

  #end(): void {
    this.state = "ended";
    this.payload = "";
  }
}
