import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CallQueue } from "../../dist/call-queue.js";
import type { PoolCall } from "../../dist/pool-call.js";
import { makeCall } from "./calls.js";

/** What waits, in the order in which it is due. */
class Model {
  readonly calls: PoolCall[] = [];

  /** After (push) or before (unshift) all others of its priority. */
  insert(call: PoolCall, last: boolean): void {
    const behind = this.calls.findIndex((other) =>
      last ? other.priority < call.priority : other.priority <= call.priority,
    );
    this.calls.splice(behind === -1 ? this.calls.length : behind, 0, call);
  }
}

type Step =
  | { do: "push" | "unshift"; priority: number; times: number }
  | { do: "shift"; times: number }
  | { do: "remove"; at: number; times: number };

const times = fc.integer({ min: 1, max: 40 });
const priority = fc.constantFrom(-1, 0, 0, 0, 0.5, 7);
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constantFrom<("push" | "unshift")[]>("push", "unshift"), priority, times }),
  fc.record({ do: fc.constant("shift" as const), times }),
  fc.record({ do: fc.constant("remove" as const), at: fc.nat(), times }),
);

function play(queue: CallQueue, model: Model, steps: readonly Step[]): void {
  let order = 0;
  for (const one of steps) {
    for (let i = 0; i < one.times; i++) {
      if (one.do === "shift") {
        const call = queue.shift();
        expect(call).toBe(model.calls.shift());
        expect(call?.queue).toBeUndefined();
      } else if (one.do === "remove") {
        const [call] = model.calls.splice(one.at % (model.calls.length || 1), 1);
        if (call !== undefined) queue.remove(call);
      } else {
        const call = makeCall(order++, { priority: one.priority });
        queue[one.do](call);
        model.insert(call, one.do === "push");
      }
    }
    expect(queue.size).toBe(model.calls.length);
    expect(queue.peek()).toBe(model.calls[0]);
  }
}

describe("CallQueue", () => {
  test("higher priority first, equal ones in order, those put back before the others; removed ones never", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50, size: "max" }), (steps) => {
        const queue = new CallQueue();
        const model = new Model();
        play(queue, model, steps);
        expect([...queue.values()]).toEqual(model.calls);
        expect([...queue.drain()]).toEqual(model.calls);
        expect(queue.size).toBe(0);
      }),
    );
  });

  test("calls know that they wait here", () => {
    const queue = new CallQueue();
    const call = makeCall(1);
    queue.push(call);
    expect(call.queue).toBe(queue);
    queue.remove(call);
    expect(call.queue).toBeUndefined();
    queue.unshift(call);
    expect(queue.shift()).toBe(call);
  });

  test("cancelling all but the last of 100,000 leaves that one", () => {
    const queue = new CallQueue();
    const calls = Array.from({ length: 100_000 }, (_, order) => makeCall(order, { priority: order % 3 }));
    for (const call of calls) queue.push(call);
    for (const call of calls.slice(0, -1)) queue.remove(call);
    expect(queue.size).toBe(1);
    expect([...queue.values()]).toEqual(calls.slice(-1));
    expect(queue.shift()).toBe(calls.at(-1));
    expect(queue.shift()).toBeUndefined();
  });

  test("calls cancelled while it is walked over are not given out", () => {
    const queue = new CallQueue();
    const calls = Array.from({ length: 10 }, (_, order) => makeCall(order));
    for (const call of calls) queue.push(call);
    const seen: PoolCall[] = [];
    for (const call of queue.values()) {
      seen.push(call);
      queue.remove(calls[call.order + 1] as PoolCall);
      if (call.order >= 8) break;
    }
    expect(seen.map((call) => call.order)).toEqual([0, 2, 4, 6, 8]);
  });
});
