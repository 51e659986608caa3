import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { CallQueue } from "../../dist/call-queue.js";
import { KeyLanes } from "../../dist/key-lanes.js";
import type { PoolCall } from "../../dist/pool-call.js";
import type { WorkerHandle } from "../../dist/worker-handle.js";
import { makeCall } from "./calls.js";
import { fuzzRuns } from "./fuzz.js";

/** As much of a worker as KeyLanes sees. */
interface Worker {
  open: boolean;
  readonly lane: CallQueue;
  readonly running: Set<PoolCall>;
}

const keyOf = (call: PoolCall): string => call.options.key as string;
const asHandle = (worker: Worker): WorkerHandle => worker as unknown as WorkerHandle;

/** A pool that does nothing but keep keys in order, and checks that they are. */
class Pool {
  readonly common = new CallQueue();
  readonly keys = new KeyLanes(this.common);
  readonly workers: Worker[] = [];
  /** Calls that are open, in order of submission, by key. */
  readonly open = new Map<string, PoolCall[]>();
  /** Where the last call of a key went. */
  readonly home = new Map<string, Worker>();
  readonly ran: PoolCall[] = [];
  #order = 0;

  constructor(workers: number) {
    for (let i = 0; i < workers; i++) this.hire();
  }

  hire(): void {
    this.workers.push({ open: true, lane: new CallQueue(), running: new Set() });
  }

  submit(key: string): void {
    const call = makeCall(this.#order++, { key });
    const others = this.open.get(key) ?? [];
    this.open.set(key, [...others, call]);
    this.keys.admit(key, call);
  }

  /** Sends the next call of the common queue, or of the worker's lane, to the worker. */
  send(worker: Worker, from: CallQueue): void {
    if (!worker.open) return;
    const call = from.shift();
    if (call === undefined) return;
    const key = keyOf(call);
    expect(this.open.get(key)?.[0]).toBe(call); // in order, and one at a time
    const home = this.home.get(key);
    if (home?.open === true) expect(worker).toBe(home);
    this.home.set(key, worker);
    worker.running.add(call);
    this.keys.sent(key, asHandle(worker));
  }

  end(worker: Worker, call: PoolCall): void {
    worker.running.delete(call);
    this.ran.push(call);
    this.#over(call);
  }

  cancel(call: PoolCall): void {
    call.queue?.remove(call);
    this.#over(call);
  }

  /** What runs there is lost, or runs again. */
  crash(worker: Worker, again: boolean): void {
    worker.open = false;
    this.workers.splice(this.workers.indexOf(worker), 1);
    this.keys.forget(asHandle(worker));
    const moved = [...worker.lane.drain()];
    for (const call of worker.running) {
      if (again) moved.push(call);
      else this.#over(call);
    }
    for (const call of moved) this.keys.again(keyOf(call), call);
    this.hire();
  }

  /** It takes no more calls, but ends those that it has. */
  retire(worker: Worker): void {
    worker.open = false;
    for (const call of worker.lane.drain()) this.keys.again(keyOf(call), call);
    this.hire();
  }

  waiting(): PoolCall[] {
    return [...this.keys.parked(), ...this.common.values(), ...this.workers.flatMap(({ lane }) => [...lane.values()])];
  }

  #over(call: PoolCall): void {
    const key = keyOf(call);
    const rest = (this.open.get(key) ?? []).filter((other) => other !== call);
    if (rest.length > 0) this.open.set(key, rest);
    else this.open.delete(key);
    this.keys.over(key, call);
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("submit" as const), key: fc.constantFrom("a", "b", "c") }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("send" as const), at: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("end" as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("cancel" as const), at: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), at: fc.nat(), again: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("retire" as const), at: fc.nat() }) },
);

function pick<T>(items: readonly T[], at: number): T | undefined {
  return items[at % items.length];
}

describe("KeyLanes", () => {
  test("calls of a key run in order, one at a time, where the last one ran; none is lost", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
        const pool = new Pool(2);
        let submitted = 0;
        let dropped = 0;
        for (const one of steps) {
          if (one.do === "submit") {
            pool.submit(one.key);
            submitted += 1;
            continue;
          }
          const worker = pick(pool.workers, one.at) as Worker;
          if (one.do === "send") {
            pool.send(worker, worker.lane);
            pool.send(worker, pool.common);
          } else if (one.do === "end") {
            const call = pick([...worker.running], one.at);
            if (call !== undefined) pool.end(worker, call);
          } else if (one.do === "cancel") {
            const call = pick(pool.waiting(), one.at);
            if (call === undefined) continue;
            pool.cancel(call);
            dropped += 1;
          } else if (one.do === "crash") {
            if (!one.again) dropped += worker.running.size;
            pool.crash(worker, one.again);
          } else if (worker.open) pool.retire(worker);
        }
        // Nothing more happens to it, so all the rest must run.
        for (let turn = 0; turn < 3 * submitted; turn++) {
          for (const worker of pool.workers) {
            pool.send(worker, worker.lane);
            pool.send(worker, pool.common);
            for (const call of [...worker.running]) pool.end(worker, call);
          }
        }
        expect(pool.waiting()).toEqual([]);
        expect(pool.open.size).toBe(0);
        expect(pool.ran.length).toBe(submitted - dropped);
        expect(new Set(pool.ran).size).toBe(pool.ran.length);
      }),
      { numRuns: fuzzRuns(500) },
    );
  });

  test("a key is forgotten when its worker is gone", () => {
    const pool = new Pool(1);
    const [worker] = pool.workers as [Worker];
    for (let i = 0; i < 100; i++) {
      pool.submit(`key ${i}`);
      pool.send(worker, pool.common);
      for (const call of [...worker.running]) pool.end(worker, call);
    }
    expect(pool.keys.used).toBe(true);
    pool.crash(worker, false);
    expect(pool.keys.used).toBe(false);
  });

  test("a key whose only call was cancelled, or lost with its worker, is forgotten", () => {
    const pool = new Pool(1);
    pool.submit("cancelled");
    pool.cancel(pool.common.peek() as PoolCall);
    expect(pool.keys.used).toBe(false);
    pool.submit("lost");
    pool.send(pool.workers[0] as Worker, pool.common);
    pool.crash(pool.workers[0] as Worker, false);
    expect(pool.keys.used).toBe(false);
  });
});
