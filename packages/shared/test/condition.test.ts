import { deserialize, serialize, TimeoutError } from "@concurrent-futures/core";
import { Condition, Lock, NotHeldError, RLock } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";

/** Waits on the condition, under its lock; notes what came of it. */
async function waitAndNote(condition: Condition, name: string, log: string[], timeout?: number): Promise<void> {
  using _guard = await condition.acquire();
  log.push(`${name} waits`);
  const woken = await condition.wait(timeout === undefined ? {} : { timeout });
  log.push(`${name} ${woken ? "was notified" : "was late"}`);
}

async function notify(condition: Condition, n?: number): Promise<void> {
  using _guard = await condition.acquire();
  condition.notify(n);
}

describe.each([
  ["a lock of its own", () => new Condition()],
  ["a Lock", () => new Condition(new Lock())],
  ["an RLock", () => new Condition(new RLock())],
])("with %s", (_name, create) => {
  test("wait() releases the lock, and holds it again when it returns, for the guard of before", async () => {
    const condition = create();
    const guard = await condition.acquire();
    const waiting = condition.wait();
    expect(condition.locked()).toBe(false);
    await notify(condition);
    expect(await waiting).toBe(true);
    expect(condition.locked()).toBe(true);
    guard.release();
    expect(condition.locked()).toBe(false);
  });

  test("a wait that is late or aborted holds the lock, too", async () => {
    const condition = create();
    const guard = condition.acquireSync();
    expect(await condition.wait({ timeout: 20 })).toBe(false);
    expect(condition.locked()).toBe(true);
    expect(condition.waitSync({ timeout: 20 })).toBe(false);
    expect(condition.locked()).toBe(true);
    const reason = new TimeoutError("not the wait's own");
    const aborting = new AbortController();
    const waiting = condition.wait({ signal: aborting.signal });
    expect(condition.locked()).toBe(false);
    aborting.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(condition.locked()).toBe(true);
    await expect(condition.wait({ signal: aborting.signal })).rejects.toBe(reason);
    expect(condition.locked()).toBe(true);
    guard.release();
    expect(condition.locked()).toBe(false);
  });

  test("wait, waitFor, notify and notifyAll without the lock are errors", async () => {
    const condition = create();
    await expect(condition.wait()).rejects.toThrow(NotHeldError);
    await expect(condition.waitFor(() => true)).rejects.toThrow(NotHeldError);
    expect(() => condition.waitSync()).toThrow(NotHeldError);
    expect(() => condition.waitForSync(() => true)).toThrow(NotHeldError);
    expect(() => condition.notify()).toThrow("Cannot notify on a condition without holding its lock (nobody holds it)");
    expect(() => condition.notifyAll()).toThrow(expect.objectContaining({ code: "ERR_NOT_HELD" }));
    expect(() => condition.release()).toThrow(NotHeldError);
  });
});

// With an RLock this would be no test: outside of tasks all of these are one holder, the thread.
describe.each([
  ["a lock of its own", () => new Condition()],
  ["a Lock", () => new Condition(new Lock())],
])("among several, with %s", (_name, create) => {
  test("notify(n) wakes the n that have waited longest, notifyAll() the rest", async () => {
    const condition = create();
    const log: string[] = [];
    const waits = ["a", "b", "c", "d", "e"].map((each) => waitAndNote(condition, each, log));
    while (log.length < 5) await new Promise(setImmediate);
    await notify(condition);
    await waits[0];
    await notify(condition, 2);
    await Promise.all(waits.slice(0, 3));
    await notify(condition, 0);
    await new Promise(setImmediate);
    expect(log.slice(5)).toEqual(["a was notified", "b was notified", "c was notified"]);
    {
      using _guard = await condition.acquire();
      condition.notifyAll();
    }
    await Promise.all(waits);
    expect(log).toHaveLength(10);
    await notify(condition, 10);
  });

  test("a notification finds who still waits, not who was late", async () => {
    const condition = create();
    const log: string[] = [];
    await Promise.all([waitAndNote(condition, "a", log, 10), notify(condition, 0)]);
    const waiting = waitAndNote(condition, "b", log);
    while (log.length < 3) await new Promise(setImmediate);
    await notify(condition);
    await waiting;
    expect(log).toEqual(["a waits", "a was late", "b waits", "b was notified"]);
  });
});

test("who has waited longest is called first, also after others came and went", async () => {
  const condition = new Condition();
  const log: string[] = [];
  const late = waitAndNote(condition, "a", log, 20);
  const waits = ["b"].map((each) => waitAndNote(condition, each, log));
  await late;
  waits.push(waitAndNote(condition, "c", log)); // in the place that a had
  while (log.length < 4) await new Promise(setImmediate);
  await notify(condition);
  await Promise.race(waits);
  await notify(condition);
  await Promise.all(waits);
  expect(log).toEqual(["a waits", "b waits", "a was late", "c waits", "b was notified", "c was notified"]);
});

describe("an RLock", () => {
  test("is released by wait() however often it was acquired, and held as often again", async () => {
    const lock = new RLock();
    const condition = new Condition(lock);
    const guards = [await condition.acquire(), await lock.acquire(), condition.acquireSync()];
    const waiting = condition.wait();
    expect(lock.locked()).toBe(false);
    await notify(condition);
    await waiting;
    for (const guard of guards) {
      expect(lock.locked()).toBe(true);
      guard.release();
    }
    expect(lock.locked()).toBe(false);
  });
});

describe("waitFor", () => {
  test("asks the predicate under the lock, at first and after each notification, and gives what it gave last", async () => {
    const condition = new Condition();
    let value = 0;
    let asked = 0;
    const taking = (async () => {
      using _guard = await condition.acquire();
      return await condition.waitFor(async () => {
        asked += 1;
        expect(condition.locked()).toBe(true);
        return value > 1 && `value ${value}`;
      });
    })();
    for (value = 0; value < 2; value++) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await notify(condition);
    }
    await notify(condition);
    expect(await taking).toBe("value 2");
    expect(asked).toBeGreaterThanOrEqual(2);
    expect(condition.locked()).toBe(false);
  });

  test("gives the falsy value when the time is up, counted from the call", async () => {
    const condition = new Condition();
    using _guard = await condition.acquire();
    const began = performance.now();
    expect(await condition.waitFor(() => 0, { timeout: 30 })).toBe(0);
    expect(condition.waitForSync(() => "", { timeout: 30 })).toBe("");
    expect(performance.now() - began).toBeGreaterThan(55);
    expect(await condition.waitFor(() => null, { timeout: 0 })).toBe(null);
    expect(condition.waitForSync(() => 7)).toBe(7);
  });

  test("ends with what the predicate throws, the lock held", async () => {
    const condition = new Condition();
    using _guard = await condition.acquire();
    const raise = () => {
      throw new Error("no");
    };
    await expect(condition.waitFor(raise)).rejects.toThrow("no");
    expect(() => condition.waitForSync(raise)).toThrow("no");
    expect(condition.locked()).toBe(true);
  });
});

describe("one lock for two conditions", () => {
  test("a bounded buffer works, with the lock's guards or the conditions'", async () => {
    const lock = new Lock();
    const [notFull, notEmpty] = [new Condition(lock), new Condition(lock)];
    const [buffer, got]: [number[], number[]] = [[], []];
    const produce = async () => {
      for (let i = 0; i < 40; i++) {
        using _guard = await (i % 2 === 0 ? lock : notEmpty).acquire();
        await notFull.waitFor(() => buffer.length < 3);
        buffer.push(i);
        notEmpty.notify();
      }
    };
    const consume = async () => {
      for (let i = 0; i < 20; i++) {
        using _guard = await (i % 2 === 0 ? lock : notFull).acquire();
        await notEmpty.waitFor(() => buffer.length > 0);
        got.push(buffer.shift() as number);
        notFull.notify();
      }
    };
    await Promise.all([consume(), produce(), consume()]);
    expect(got).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(lock.locked()).toBe(false);
  });
});

describe("bad input", () => {
  test("a lock is a Lock or an RLock; counts, predicates and options are checked at the call", async () => {
    for (const lock of [5, null, {}, Lock]) expect(() => new Condition(lock as never)).toThrow(TypeError);
    const condition = new Condition();
    using _guard = await condition.acquire();
    for (const n of [-1, 1.5, Number.NaN]) expect(() => condition.notify(n)).toThrow(RangeError);
    expect(() => condition.notify("1" as never)).toThrow(TypeError);
    expect(() => condition.waitFor(undefined as never)).toThrow(/`predicate`/);
    expect(() => condition.waitForSync(5 as never)).toThrow(TypeError);
    expect(() => condition.waitForSync(async () => true)).toThrow(/use waitFor\(\)/);
    expect(() => condition.wait({ timeout: -1 })).toThrow(RangeError);
    expect(() => condition.waitSync({ timeout: "1" as never })).toThrow(TypeError);
    expect(() => condition.wait({ signal: {} as never })).toThrow(TypeError);
    expect(() => condition.wait(5 as never)).toThrow(TypeError);
    expect(condition.locked()).toBe(true);
  });
});

test("what arrives in the thread that has it is the same object, with the same lock", () => {
  const lock = new Lock();
  const condition = new Condition(lock);
  const state = condition[serialize]();
  expect(state.lock).toBe(lock);
  expect(Condition[deserialize](state)).toBe(condition);
});
