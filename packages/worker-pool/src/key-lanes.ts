/**
 * Calls with the same `key` run on the same worker, in order, as long as it lives.
 *
 *   admit ─► busy is free?  yes ─► the worker's lane, or the common queue while the key has no worker
 *                           no  ─► parked, until the call before it is over
 *
 * K1  Of each key, at most one call is outside `parked`: it is `busy`.
 */
import { CallQueue } from "./call-queue.js";
import type { PoolCall } from "./pool-call.js";
import type { WorkerHandle } from "./worker-handle.js";

interface Lane {
  worker: WorkerHandle | undefined; // where the key's last call went
  busy: PoolCall | undefined; // (K1)
  parked: CallQueue | undefined; // made when first needed: a key is remembered for as long as its worker lives
}

export class KeyLanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #common: CallQueue;

  constructor(common: CallQueue) {
    this.#common = common;
  }

  admit(key: string, call: PoolCall): void {
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { worker: undefined, busy: undefined, parked: undefined };
      this.#lanes.set(key, lane);
    }
    if (lane.busy === undefined) {
      this.#place(lane, call);
      return;
    }
    lane.parked ??= new CallQueue();
    lane.parked.push(call);
  }

  /** The busy call has to run elsewhere: its worker died or leaves. */
  again(key: string, call: PoolCall): void {
    const lane = this.#lanes.get(key);
    if (lane !== undefined) this.#place(lane, call);
  }

  sent(key: string, worker: WorkerHandle): void {
    const lane = this.#lanes.get(key);
    if (lane !== undefined) lane.worker = worker;
  }

  /** A call of this key is over, wherever it was. */
  over(key: string, call: PoolCall): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined || lane.busy !== call) return;
    lane.busy = undefined;
    const next = lane.parked?.shift();
    if (next !== undefined) {
      this.#place(lane, next);
      return;
    }
    lane.parked = undefined;
    if (lane.worker === undefined) this.#lanes.delete(key); // nothing to remember of it
  }

  /** The worker is gone: its keys may go anywhere. */
  forget(worker: WorkerHandle): void {
    for (const [key, lane] of this.#lanes) {
      if (lane.worker !== worker) continue;
      lane.worker = undefined;
      if (lane.busy === undefined) this.#lanes.delete(key);
    }
  }

  /** All calls that wait for an earlier one of their key. */
  *parked(): Generator<PoolCall> {
    for (const lane of this.#lanes.values()) if (lane.parked !== undefined) yield* lane.parked.values();
  }

  /** Whether any key has been seen. */
  get used(): boolean {
    return this.#lanes.size > 0;
  }

  #place(lane: Lane, call: PoolCall): void {
    lane.busy = call;
    if (lane.worker?.open === true) lane.worker.lane.push(call);
    else this.#common.push(call);
  }
}
