import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { resolveOptions, type WorkerPoolOptions } from "../../dist/options.js";
import { Placement } from "../../dist/placement.js";
import type { PoolCall } from "../../dist/pool-call.js";
import type { WorkerHandle } from "../../dist/worker-handle.js";
import type { Workforce } from "../../dist/workforce.js";
import { makeCall, makeEntry } from "./calls.js";

/** As much of a worker as Placement sees. */
interface Worker {
  open: boolean;
  state: "starting" | "ready";
  sent: number;
  served: number;
  backlogMs: number;
  roomy: boolean;
  stuck: boolean;
  prefetches: boolean;
  heardAt: number;
  isSilentFor(ms: number): boolean;
}

function worker(fields: Partial<Worker> = {}): Worker {
  return {
    open: true,
    state: "ready",
    sent: 0,
    served: 0,
    backlogMs: 0,
    roomy: true,
    stuck: false,
    prefetches: true,
    heardAt: Number.POSITIVE_INFINITY,
    isSilentFor: () => false,
    ...fields,
  };
}

function call(expectedMs?: number, options = {}): PoolCall {
  return Object.assign(makeCall(1, options), { entry: makeEntry(expectedMs) });
}

/** Where a call goes: the index of a worker, "new", or undefined. */
function place(
  workers: readonly Worker[],
  options: WorkerPoolOptions,
  one: PoolCall,
  { waiting = 1, prefetches = true } = {},
): number | "new" | undefined {
  const all = [...workers];
  const settings = resolveOptions({ maxWorkers: workers.length, ...options });
  const placement = new Placement({ workers: all } as unknown as Workforce, settings);
  const found = placement.find(one, waiting, () => {
    all.push(worker({ state: "starting", prefetches }));
    return all.at(-1) as unknown as WorkerHandle;
  });
  if (found === undefined) return all.length > workers.length ? "new" : undefined;
  const index = all.indexOf(found as unknown as Worker);
  return index < workers.length ? index : "new";
}

describe("Placement", () => {
  test("an idle worker comes first, a new one next, then one that can run one more at once", () => {
    const busy = worker({ sent: 1, backlogMs: 0.01 });
    expect(place([busy, worker()], { maxWorkers: 3 }, call())).toBe(1);
    expect(place([busy, busy], { maxWorkers: 3 }, call())).toBe("new");
    expect(place([busy, worker({ sent: 2 })], { tasksPerWorker: 3 }, call())).toBe(0);
  });

  test("a busy worker that is done before an idle one has woken up comes before it", () => {
    const awake = worker({ sent: 2, backlogMs: 0.02 });
    expect(place([worker(), awake], {}, call(0.01))).toBe(1);
    expect(place([worker(), { ...awake, backlogMs: 0.095 }], {}, call(0.01))).toBe(0); // too much already
    expect(place([worker(), awake], {}, call(0.2))).toBe(0); // not that short
    expect(place([worker(), awake], {}, call(undefined))).toBe(0); // not known to be
    expect(place([worker(), awake], {}, call(0.01, { key: "k" }))).toBe(0); // could not be taken back
    expect(place([worker(), { ...awake, heardAt: performance.now() - 1 }], {}, call(0.01))).toBe(0); // in a long call?
    expect(place([worker(), { ...awake, stuck: true }], {}, call(0.01))).toBe(0);
    expect(place([worker(), { ...awake, prefetches: false }], {}, call(0.01))).toBe(0);
    expect(place([worker(), { ...awake, roomy: false }], {}, call(0.01))).toBe(0);
  });

  test("a call is not sent ahead to a worker that is overdue", () => {
    const busy = worker({ sent: 1, backlogMs: 0.5 });
    const silent = { ...busy, isSilentFor: (ms: number) => ms < 100 };
    expect(place([silent], {}, call(0.01))).toBeUndefined(); // it may be in a long call
    expect(place([silent, { ...busy, backlogMs: 0.9 }], {}, call(0.01))).toBe(1);
    expect(place([{ ...silent, isSilentFor: (ms: number) => ms < 1.5 }], {}, call(0.01))).toBe(0); // due in 0.5 ms
  });

  test("a call waits for a worker that is starting, unless another is ready", () => {
    expect(place([worker({ state: "starting" }), worker()], {}, call())).toBe(1);
    expect(place([worker({ state: "starting" })], {}, call())).toBeUndefined();
  });

  test("a function of unknown duration is never sent ahead, nor what cannot be taken back", () => {
    const busy = worker({ sent: 1, backlogMs: 0.01 });
    expect(place([busy], {}, call(0.01))).toBe(0);
    expect(place([busy], {}, call(undefined))).toBeUndefined();
    expect(place([busy], {}, call(0.01, { key: "k" }))).toBeUndefined();
    expect(place([busy], {}, call(0.01, { transfer: [new ArrayBuffer(1)] }))).toBeUndefined();
    expect(place([{ ...busy, prefetches: false }], {}, call(0.01))).toBeUndefined();
  });

  test("no more than about 1 ms of work is sent ahead, or one call that is short enough to be next", () => {
    expect(place([worker({ sent: 50, backlogMs: 0.5 })], {}, call(0.01))).toBe(0);
    expect(place([worker({ sent: 100, backlogMs: 0.995 })], {}, call(0.01))).toBeUndefined();
    expect(place([worker({ sent: 1, backlogMs: 3 })], {}, call(3))).toBe(0);
    expect(place([worker({ sent: 2, backlogMs: 6 })], {}, call(3))).toBeUndefined();
    expect(place([worker({ sent: 1, backlogMs: 5 })], {}, call(5))).toBeUndefined();
  });

  test("nothing goes ahead to a worker that is stuck, starting, closed, full, or at its last call", () => {
    const busy = { sent: 1, backlogMs: 0.01 };
    expect(place([worker({ ...busy, stuck: true })], {}, call(0.01))).toBeUndefined();
    expect(place([worker({ ...busy, state: "starting" })], {}, call(0.01))).toBeUndefined();
    expect(place([worker({ ...busy, open: false })], {}, call(0.01))).toBe("new"); // its place is free
    expect(place([worker({ ...busy, roomy: false })], {}, call(0.01))).toBeUndefined();
    expect(place([worker({ ...busy, served: 3 })], { maxTasksPerWorker: 3 }, call(0.01))).toBeUndefined();
  });

  test("no worker is started in vain: those that are starting are there for the first calls in the queue", () => {
    const starting = worker({ state: "starting", prefetches: false });
    expect(place([starting], { maxWorkers: 4 }, call(), { waiting: 1, prefetches: false })).toBeUndefined();
    expect(place([starting], { maxWorkers: 4 }, call(), { waiting: 2, prefetches: false })).toBe("new");
    expect(place([], { maxWorkers: 4 }, call(), { waiting: 9, prefetches: false })).toBe("new");
  });

  test("whatever the workers do: only to one that takes it, never above maxWorkers, and idle ones are used", () => {
    const state = fc.record({
      open: fc.boolean(),
      state: fc.constantFrom<Worker["state"][]>("starting", "ready"),
      sent: fc.integer({ min: 0, max: 4 }),
      served: fc.integer({ min: 0, max: 5 }),
      backlogMs: fc.double({ min: 0, max: 3, noNaN: true }),
      roomy: fc.boolean(),
      stuck: fc.boolean(),
      prefetches: fc.boolean(),
      heardAt: fc.constantFrom(0, Number.POSITIVE_INFINITY),
      isSilentFor: fc.constantFrom<Worker["isSilentFor"][]>(
        () => false,
        () => true,
      ),
    });
    const options = fc.record({
      maxWorkers: fc.integer({ min: 1, max: 5 }),
      tasksPerWorker: fc.integer({ min: 1, max: 3 }),
      maxTasksPerWorker: fc.constantFrom(1, 5, Number.POSITIVE_INFINITY),
    });
    const expected = fc.option(fc.double({ min: 0, max: 5, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.array(state, { maxLength: 5, size: "max" }),
        options,
        expected,
        (workers, settings, expectedMs) => {
          const found = place(workers, settings, call(expectedMs));
          const open = workers.filter((one) => one.open);
          const free = open.filter(
            (one) => one.state === "ready" && one.sent === 0 && one.served < settings.maxTasksPerWorker && one.roomy,
          );
          if (free.length > 0) expect(typeof found).toBe("number");
          if (found === "new") expect(open.length).toBeLessThan(settings.maxWorkers);
          if (typeof found === "number") {
            const chosen = workers[found] as Worker;
            expect(chosen).toMatchObject({ open: true, roomy: true });
            expect(chosen.served).toBeLessThan(settings.maxTasksPerWorker);
            if (chosen.sent >= settings.tasksPerWorker)
              expect(chosen).toMatchObject({ stuck: false, prefetches: true });
          }
        },
      ),
    );
  });
});
