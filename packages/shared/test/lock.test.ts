/** Lock: what one thread sees of it, and several workers at once. */
import { partial } from "@concurrent-futures/core";
import { Lock, Value } from "@concurrent-futures/shared";
import { afterAll, describe, expect, test } from "@jest/globals";
import { ProcessPoolExecutor } from "../../process-executor/dist/index.js";
import { ThreadPoolExecutor } from "../../thread-executor/dist/index.js";
import * as tasks from "./fixtures/lock-tasks.js";
import { until } from "./fixtures/until.js";

const options = { maxWorkers: 2 };
const threads = new ThreadPoolExecutor(options);
const processes = new ProcessPoolExecutor(options);
afterAll(() => Promise.all([threads.killWorkers(), processes.killWorkers()]));

describe("in one thread", () => {
  test("it is held from acquire to release", async () => {
    const lock = new Lock();
    expect(lock.locked()).toBe(false);
    const guard = await lock.acquire();
    expect(lock.locked()).toBe(true);
    expect(guard.abandoned).toBe(false);
    lock.release();
    expect(lock.locked()).toBe(false);
    lock.acquireSync();
    expect(lock.locked()).toBe(true);
    lock.release();
  });

  test("a guard releases at the end of its block, also when that throws", async () => {
    const lock = new Lock();
    const failing = async () => {
      using _ = await lock.acquire();
      expect(lock.locked()).toBe(true);
      throw new Error("in the block");
    };
    await expect(failing()).rejects.toThrow("in the block");
    expect(lock.locked()).toBe(false);
    const failingSync = () => {
      using _ = lock.acquireSync();
      throw new Error("in the block");
    };
    expect(failingSync).toThrow("in the block");
    expect(lock.locked()).toBe(false);
  });

  test("disposing of a guard again releases nobody else's hold, nor does it after a release by hand", () => {
    const lock = new Lock();
    const first = lock.acquireSync();
    first[Symbol.dispose]();
    const second = lock.acquireSync();
    first[Symbol.dispose]();
    first.release();
    expect(lock.locked()).toBe(true);
    lock.release(); // by hand
    const third = lock.acquireSync();
    second[Symbol.dispose]();
    expect(lock.locked()).toBe(true);
    third.release();
    expect(lock.locked()).toBe(false);
    third.release();
  });

  test("releasing what is not held is an error", () => {
    const lock = new Lock();
    expect(() => lock.release()).toThrow(expect.objectContaining({ name: "NotHeldError", code: "ERR_NOT_HELD" }));
    lock.acquireSync().release();
    expect(() => lock.release()).toThrow("not held");
    expect(lock.acquireSync().abandoned).toBe(false);
  });

  test("an acquire whose time is up rejects with TimeoutError, takes nothing, and says how long it was", async () => {
    const lock = new Lock();
    const guard = lock.acquireSync();
    const late = { name: "TimeoutError", code: "ERR_TIMEOUT" };
    await expect(lock.acquire({ timeout: 0 })).rejects.toMatchObject(late);
    await expect(lock.acquire({ timeout: 12 })).rejects.toThrow("12 ms");
    expect(() => lock.acquireSync({ timeout: 0 })).toThrow(expect.objectContaining(late));
    const start = performance.now();
    expect(() => lock.acquireSync({ timeout: 30 })).toThrow("30 ms");
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    guard.release();
    expect(lock.locked()).toBe(false);
    await new Promise(setImmediate);
    expect(lock.locked()).toBe(false);
  });

  test("timeout 0 takes a free lock; huge and infinite ones are no timeouts at all", async () => {
    const lock = new Lock();
    (await lock.acquire({ timeout: 0 })).release();
    lock.acquireSync({ timeout: 0 }).release();
    for (const timeout of [Number.POSITIVE_INFINITY, 2 ** 31, Number.MAX_VALUE]) {
      const guard = lock.acquireSync({ timeout });
      const next = lock.acquire({ timeout });
      await new Promise((resolve) => setTimeout(resolve, 5));
      guard.release();
      (await next).release();
    }
  });

  test("an aborted acquire rejects with the signal's reason and takes nothing", async () => {
    const lock = new Lock();
    const reason = new Error("enough");
    await expect(lock.acquire({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(lock.locked()).toBe(false); // although it was free
    const guard = lock.acquireSync();
    const controller = new AbortController();
    const waiting = lock.acquire({ signal: controller.signal });
    const falsy = lock.acquire({ signal: controller.signal, timeout: 60_000 });
    controller.abort(0);
    await expect(waiting).rejects.toBe(0);
    await expect(falsy).rejects.toBe(0);
    guard.release();
    expect(lock.locked()).toBe(false);
    const other = new AbortController();
    const got = await lock.acquire({ signal: other.signal });
    other.abort();
    expect(lock.locked()).toBe(true); // too late
    got.release();
  });

  test("wrong options are thrown at once, whether it is free or not", () => {
    const lock = new Lock();
    const wrong: [unknown, new () => Error, string][] = [
      [{ timeout: -1 }, RangeError, "`timeout`"],
      [{ timeout: Number.NaN }, RangeError, "NaN"],
      [{ timeout: "5" }, TypeError, "`timeout`"],
      [{ timeout: 5n }, TypeError, "`timeout`"],
      [{ timeout: null }, TypeError, "`timeout`"],
      [5, TypeError, "`options`"],
      [null, TypeError, "`options`"],
    ];
    const check = () => {
      for (const [given, Class, message] of wrong) {
        expect(() => lock.acquire(given as object)).toThrow(Class);
        expect(() => lock.acquire(given as object)).toThrow(message);
        expect(() => lock.acquireSync(given as object)).toThrow(Class);
      }
      for (const signal of [5, {}, null, "abort"]) {
        expect(() => lock.acquire({ signal } as object)).toThrow(TypeError);
      }
    };
    check();
    expect(lock.locked()).toBe(false);
    lock.acquireSync();
    check();
    lock.release();
    expect(lock.locked()).toBe(false);
  });

  test("the constructor takes nothing", () => {
    for (const junk of [5, {}, null, "x"]) expect(() => new Lock(junk as never)).toThrow(TypeError);
  });

  test("those who wait on one event loop get it in the order in which they came", async () => {
    const lock = new Lock();
    const guard = lock.acquireSync();
    const order: number[] = [];
    const all = Array.from({ length: 50 }, async (_, n) => {
      using _guard = await lock.acquire(n % 3 === 0 ? { timeout: 60_000 } : undefined);
      order.push(n);
      if (n % 7 === 0) await new Promise(setImmediate);
    });
    guard.release();
    await Promise.all(all);
    expect(order).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test("a newcomer does not overtake those who wait", async () => {
    const lock = new Lock();
    const guard = lock.acquireSync();
    const order: string[] = [];
    const waiting = lock.acquire().then((got) => {
      order.push("first");
      got.release();
    });
    guard.release();
    const newcomer = lock.acquire().then((got) => {
      order.push("newcomer");
      got.release();
    });
    await Promise.all([waiting, newcomer]);
    expect(order).toEqual(["first", "newcomer"]);
  });

  test("one that gave up is passed over", async () => {
    const lock = new Lock();
    const guard = lock.acquireSync();
    const controller = new AbortController();
    const first = lock.acquire({ signal: controller.signal });
    const second = lock.acquire();
    controller.abort();
    await expect(first).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    guard.release();
    (await second).release();
    expect(lock.locked()).toBe(false);
  });
});

const pools = [
  ["a thread", threads],
  ["a process", processes],
] as const;

describe.each(pools)("with %s", (_name, pool) => {
  test("held here, it cannot be had there, and the other way round", async () => {
    const lock = new Lock();
    expect(await pool.submit(tasks.tries, lock, 0)).toBe(true);
    const guard = lock.acquireSync();
    expect(await pool.submit(tasks.tries, lock, 0)).toBe(false);
    expect(await pool.submit(tasks.triesSync, lock, 0)).toBe(false);
    expect(await pool.submit(tasks.tries, lock, 20)).toBe(false);
    expect(await pool.submit(tasks.triesSync, lock, 20)).toBe(false);
    guard.release();
    expect(await pool.submit(tasks.triesSync, lock, 0)).toBe(true);
  });

  test("one that waits there is woken when it is released here", async () => {
    const lock = new Lock();
    const said = new Value("int32");
    const guard = lock.acquireSync();
    const sync = pool.submit(tasks.acquireAndTell, lock, said);
    const waiting = pool.submit(tasks.tries, lock, 60_000);
    await until(() => said.value === 1, "it is about to wait");
    await new Promise(setImmediate);
    expect(sync.done()).toBe(false);
    guard.release();
    expect(await sync).toBe(false);
    expect(await waiting).toBe(true);
  });

  test("another may release it, as in Python", async () => {
    const lock = new Lock();
    const guard = lock.acquireSync();
    expect(await pool.submit(tasks.releaseOf, lock)).toBeUndefined();
    expect(await pool.submit(tasks.releaseOf, lock)).toBe("ERR_NOT_HELD");
    expect(lock.locked()).toBe(false);
    using _ = lock.acquireSync();
    guard.release(); // of before
    expect(lock.locked()).toBe(true);
  });

  test("after somebody has waited for it in vain, it is left to nobody", async () => {
    const lock = new Lock();
    const guard = lock.acquireSync();
    expect(await pool.submit(tasks.tries, lock, 30)).toBe(false);
    expect(await pool.submit(tasks.triesSync, lock, 30)).toBe(false);
    guard.release();
    lock.acquireSync({ timeout: 0 }).release(); // a forgotten heir would have it left to itself
  });
});

const TIMES = 20_000;

describe.each([
  ["two threads", threads, threads],
  ["two processes", processes, processes],
  ["a thread and a process", threads, processes],
])("the race of %s", (_name, one, other) => {
  test("loses updates without the lock", async () => {
    const counter = new Value("int32");
    const said = new Value("int32");
    const both = [
      one.submit(tasks.countUnlocked, counter, said, 20),
      other.submit(tasks.countUnlocked, counter, said, 20),
    ];
    await Promise.all(both);
    expect(counter.value).toBeLessThan(40);
  });

  test("never loses any with it", async () => {
    const counter = new Value("int32");
    await Promise.all([
      one.submit(tasks.countLocked, counter, TIMES),
      other.submit(tasks.countLocked, counter, TIMES),
      tasks.countLockedAsync(counter, 200),
    ]);
    expect(counter.value).toBe(2 * TIMES + 200);
  });

  test("never loses any with asynchronous waits, or add", async () => {
    const counter = new Value("int32");
    await Promise.all([
      one.submit(tasks.countLockedAsync, counter, 1000),
      other.submit(tasks.countLockedAsync, counter, 1000),
      tasks.countLockedAsync(counter, 1000),
    ]);
    expect(counter.value).toBe(3000);
    await Promise.all([one.map(add(counter), range(50)), other.map(add(counter), range(50))]);
    expect(counter.value).toBe(3000 + 2 * 1225);
  });

  test("two that release it and acquire it again at once keep nobody else out", async () => {
    const lock = new Lock();
    const stop = new Value("int32");
    const said = new Value("int32");
    const hogs = [one.submit(tasks.hog, lock, said, stop), other.submit(tasks.hog, lock, said, stop)];
    try {
      await until(() => said.value === 2, "both are at it");
      for (let i = 0; i < 40; i++) {
        while (!lock.locked());
        (await lock.acquire({ timeout: 30_000 })).release();
        while (!lock.locked());
        lock.acquireSync({ timeout: 30_000 }).release();
      }
    } finally {
      stop.value = 1;
    }
    for (const times of await Promise.all(hogs)) expect(times).toBeGreaterThan(0);
  });
});

function range(length: number): number[] {
  return Array.from({ length }, (_, n) => n);
}

function add(counter: Value<"int32">) {
  return partial(tasks.add, counter);
}
