/**
 * The calls that wait: higher priority first, equal ones in order of submission. O(1) whatever the length.
 *
 *   #lanes: priority -> Deque of calls, oldest first        #order: the priorities in use, highest first
 *
 * Q1  A call that was cancelled stays in its deque as a hole until it is reached; `size` does not count it.
 * Q2  Holes never outnumber the waiting calls by more than a constant: then the deque is rebuilt.
 */
import { Deque } from "./deque.js";
import type { PoolCall } from "./pool-call.js";

const HOLES_ALLOWED = 1024;

export class CallQueue {
  readonly #lanes = new Map<number, Deque<PoolCall>>();
  #order: number[] = [];
  #size = 0;
  #holes = 0;

  /** Calls that wait. */
  get size(): number {
    return this.#size;
  }

  push(call: PoolCall): void {
    this.#lane(call.priority).push(call);
    call.queue = this;
    this.#size += 1;
  }

  /** Puts a call that was taken back before all others of its priority. */
  unshift(call: PoolCall): void {
    this.#lane(call.priority).unshift(call);
    call.queue = this;
    this.#size += 1;
  }

  /** The call that is next, which stays. */
  peek(): PoolCall | undefined {
    for (let i = 0; i < this.#order.length; ) {
      const priority = this.#order[i] as number;
      const lane = this.#lanes.get(priority) as Deque<PoolCall>;
      for (let call = lane.first; call !== undefined; call = lane.first) {
        if (call.queue === this) return call;
        lane.shift();
        this.#holes -= 1;
      }
      if (this.#order.length === 1) return undefined; // the usual case keeps its deque
      this.#order.splice(i, 1);
      this.#lanes.delete(priority);
    }
    return undefined;
  }

  shift(): PoolCall | undefined {
    const call = this.peek();
    if (call === undefined) return undefined;
    this.#lanes.get(call.priority)?.shift();
    call.queue = undefined;
    this.#size -= 1;
    return call;
  }

  /** Takes out a call that waits here (Q1). */
  remove(call: PoolCall): void {
    call.queue = undefined;
    this.#size -= 1;
    this.#holes += 1;
    if (this.#holes > this.#size + HOLES_ALLOWED) this.#rebuild();
  }

  /** All calls that wait, in order; they stay. */
  *values(): Generator<PoolCall> {
    for (const priority of this.#order) {
      for (const call of this.#lanes.get(priority)?.values() ?? []) if (call.queue === this) yield call;
    }
  }

  /** Takes out all calls, in order. */
  *drain(): Generator<PoolCall> {
    for (let call = this.shift(); call !== undefined; call = this.shift()) yield call;
  }

  #lane(priority: number): Deque<PoolCall> {
    const known = this.#lanes.get(priority);
    if (known !== undefined) return known;
    const lane = new Deque<PoolCall>();
    this.#lanes.set(priority, lane);
    const before = this.#order.findIndex((other) => other < priority);
    this.#order.splice(before === -1 ? this.#order.length : before, 0, priority);
    return lane;
  }

  #rebuild(): void {
    for (const [priority, lane] of this.#lanes) {
      const kept = new Deque<PoolCall>();
      for (const call of lane.values()) if (call.queue === this) kept.push(call);
      this.#lanes.set(priority, kept);
    }
    this.#holes = 0;
  }
}
