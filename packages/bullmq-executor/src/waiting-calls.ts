/** Calls that have not been sent: higher priority first, equal ones in order of submission. */
import type { RemoteCall } from "./remote-call.js";

export class WaitingCalls {
  readonly #lanes: { readonly priority: number; calls: RemoteCall[]; next: number }[] = []; // highest first
  #size = 0;

  /** How many wait; cancelled ones do not count. */
  get size(): number {
    return this.#size;
  }

  push(call: RemoteCall): void {
    const { priority } = call;
    let at = 0;
    while (at < this.#lanes.length && (this.#lanes[at]?.priority as number) > priority) at++;
    let lane = this.#lanes[at];
    if (lane?.priority !== priority) {
      lane = { priority, calls: [], next: 0 };
      this.#lanes.splice(at, 0, lane);
    }
    lane.calls.push(call);
    this.#size++;
  }

  /** The next call, which stays. */
  peek(): RemoteCall | undefined {
    for (;;) {
      const lane = this.#lanes[0];
      if (lane === undefined) return undefined;
      while (lane.calls[lane.next]?.state === "ended") lane.next++;
      const call = lane.calls[lane.next];
      if (call !== undefined) return call;
      this.#lanes.shift();
    }
  }

  /** Takes the next call. */
  shift(): RemoteCall | undefined {
    const call = this.peek();
    const lane = this.#lanes[0];
    if (call === undefined || lane === undefined) return undefined;
    lane.next++;
    this.#size--;
    if (lane.next > 1024 && lane.next * 2 > lane.calls.length) {
      lane.calls = lane.calls.slice(lane.next);
      lane.next = 0;
    }
    return call;
  }

  /** Said of a call that ended while it waited. */
  drop(): void {
    this.#size--;
  }

  *[Symbol.iterator](): Iterator<RemoteCall> {
    for (const { calls, next } of [...this.#lanes]) {
      for (const call of calls.slice(next)) if (call.state === "waiting") yield call;
    }
  }
}
