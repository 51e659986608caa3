/**
 * Balance: what was sent before it can start must not suffer from it. Calls are taken back from a worker that is stuck
 * in a long one, and shared with a worker that has nothing to do.
 *
 *   look every STUCK_AFTER_MS, while a worker has several:     ended nothing since the last look ─► taken back ─► stuck
 *                                                              (each time in a row, the worker has twice as long:
 *                                                              what was taken back may have been on its way;
 *                                                              and as long as large values take to get there)
 *   whenever the queue is empty and a worker is idle:          half of what waits at the fullest ─► sent to the idle one
 */
import { setTimeout } from "node:timers";
import type { Placement } from "./placement.js";
import type { PoolCall } from "./pool-call.js";
import type { WorkerHandle } from "./worker-handle.js";
import type { Workforce } from "./workforce.js";

const STUCK_AFTER_MS = 5;
const MOST_PATIENCE = 64; // looks
/** Expected work that makes a busy worker worth taking from. */
const SHARE_MS = 0.25;

/** What the scheduler does with calls. */
export interface Sender {
  /** Puts calls that were taken back before all others. */
  requeue(calls: PoolCall[]): void;
  send(call: PoolCall, worker: WorkerHandle): void;
  dispatch(): void;
}

export class Balance {
  readonly #workforce: Workforce;
  readonly #placement: Placement;
  readonly #sender: Sender;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(workforce: Workforce, placement: Placement, sender: Sender) {
    this.#workforce = workforce;
    this.#placement = placement;
    this.#sender = sender;
  }

  /** A call was sent to this worker. */
  sent(worker: WorkerHandle): void {
    if (!mayBeBehind(worker)) return;
    if (worker.sent === 2) worker.endedAtCheck = -1; // from the next look on
    if (this.#timer === undefined) this.#watch();
  }

  /** Gives idle workers what waits at busy ones. */
  share(): void {
    for (const idle of this.#workforce.workers) {
      if (idle.sent > 0 || !this.#placement.hasCapacity(idle)) continue;
      const loaded = this.#fullest();
      if (loaded === undefined) return;
      const half = loaded.latestMovable(Math.ceil(loaded.sent / 2));
      if (half.length === 0) return;
      for (const call of half.reverse()) {
        // Asked for each: an idle worker may have slots full of calls that were taken back from it, and sending a call
        // may run a user's code, which submits others or takes this one back.
        if (!this.#placement.hasRoom(idle)) break;
        if (call.worker === loaded && loaded.takeBack(call)) this.#sender.send(call, idle);
      }
    }
  }

  #fullest(): WorkerHandle | undefined {
    let fullest: WorkerHandle | undefined;
    for (const worker of this.#workforce.workers) {
      if (!mayBeBehind(worker) || worker.backlogMs <= SHARE_MS) continue;
      if (fullest === undefined || worker.sent > fullest.sent) fullest = worker;
    }
    return fullest;
  }

  #watch(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      let again = false;
      for (const worker of this.#workforce.workers) {
        if (!mayBeBehind(worker)) continue;
        worker.poll(); // this event loop may be late itself
        if (worker.endedAtCheck !== worker.ended) {
          worker.endedAtCheck = worker.ended;
          worker.quietLooks = 0;
          again = true;
        } else if (++worker.quietLooks < worker.patience + worker.carriageMs() / STUCK_AFTER_MS) {
          again = true;
        } else {
          this.#takeAllFrom(worker);
        }
      }
      this.#sender.dispatch();
      if (again && this.#timer === undefined) this.#watch();
    }, STUCK_AFTER_MS);
    this.#timer.unref();
  }

  #takeAllFrom(worker: WorkerHandle): void {
    const taken = worker.takeBackMovable();
    if (taken.length === 0) return; // all of them run, side by side
    worker.stuck = true;
    worker.quietLooks = 0;
    worker.patience = Math.min(worker.patience * 2, MOST_PATIENCE);
    this.#sender.requeue(taken);
  }
}

/** Whether one of its calls may have to wait for another, be it only because that one blocks the event loop. */
function mayBeBehind(worker: WorkerHandle): boolean {
  return worker.sent > 1 && worker.prefetches;
}
