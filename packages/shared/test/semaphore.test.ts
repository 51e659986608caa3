import { deserialize, serialize } from "@concurrent-futures/core";
import { BoundedSemaphore, NotHeldError, Semaphore, SharedArray } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";

describe("counting", () => {
  test("value starts at 1 or as given, sinks with each acquire and rises with each release", async () => {
    expect(new Semaphore().value).toBe(1);
    const semaphore = new Semaphore(3);
    const guards = [await semaphore.acquire(), semaphore.acquireSync()];
    expect(semaphore.value).toBe(1);
    expect(guards.map(({ abandoned }) => abandoned)).toEqual([false, false]);
    guards[0]?.release();
    expect(semaphore.value).toBe(2);
    semaphore.release();
    expect(semaphore.value).toBe(3);
  });

  test("release(n) adds n, also above the start", () => {
    const semaphore = new Semaphore(2);
    semaphore.acquireSync();
    semaphore.release(5);
    expect(semaphore.value).toBe(6);
    for (let i = 0; i < 6; i++) semaphore.acquireSync({ timeout: 0 });
    expect(() => semaphore.acquireSync({ timeout: 0 })).toThrow(/timeout/);
  });

  test("value is start - taken + given after any sequence, whatever is held", () => {
    const semaphore = new Semaphore(2);
    let expected = 2;
    const guards = [];
    let seed = 1;
    for (let i = 0; i < 3000; i++) {
      seed = (seed * 48_271) % 2_147_483_647;
      const kind = seed % 5;
      if (kind < 2 && expected > 0) {
        guards.push(semaphore.acquireSync());
        expected -= 1;
      } else if (kind === 2 && guards.length > 0) {
        guards.splice(seed % guards.length, 1)[0]?.release();
        expected += 1;
      } else if (kind === 3 && expected < 9) {
        semaphore.release((seed % 3) + 1);
        expected += (seed % 3) + 1;
      }
      expect(semaphore.value).toBe(expected);
    }
  });

  test("a guard gives its permit back once, at the end of its block, also when that throws", async () => {
    const semaphore = new Semaphore(1);
    const fail = async () => {
      using _guard = await semaphore.acquire();
      expect(semaphore.value).toBe(0);
      throw new Error("inside");
    };
    await expect(fail()).rejects.toThrow("inside");
    expect(semaphore.value).toBe(1);
    const guard = await semaphore.acquire();
    guard.release();
    guard.release();
    guard[Symbol.dispose]();
    expect(semaphore.value).toBe(1);
  });

  test("a BoundedSemaphore refuses to rise above its start, and is as before", async () => {
    const semaphore = new BoundedSemaphore(2);
    expect(() => semaphore.release()).toThrow(NotHeldError);
    const guard = await semaphore.acquire();
    expect(() => semaphore.release(2)).toThrow(
      "Cannot release 2 permits of this BoundedSemaphore: 1 of its 2 are there, so too few are held",
    );
    expect(semaphore.value).toBe(1);
    guard.release();
    expect(semaphore.value).toBe(2);
    expect(() => semaphore.release()).toThrow(expect.objectContaining({ code: "ERR_NOT_HELD" }));
    expect(semaphore).toBeInstanceOf(Semaphore);
  });
});

describe("waiting", () => {
  test("an acquire without a permit waits for a release, those who came first being first", async () => {
    const semaphore = new Semaphore(0);
    const order: number[] = [];
    const waits = [0, 1, 2].map(async (i) => {
      await semaphore.acquire();
      order.push(i);
    });
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    semaphore.release();
    await waits[0];
    semaphore.release(2);
    await Promise.all(waits);
    expect(order).toEqual([0, 1, 2]);
    expect(semaphore.value).toBe(0);
  });

  test("a timeout rejects with TimeoutError, an abort with its reason, and neither takes anything", async () => {
    const semaphore = new Semaphore(0);
    const reason = new Error("enough");
    const aborting = new AbortController();
    const waits = [
      semaphore.acquire({ timeout: 30 }),
      semaphore.acquire({ timeout: 0 }),
      semaphore.acquire({ signal: aborting.signal }),
      semaphore.acquire({ signal: AbortSignal.abort(reason) }),
    ];
    const outcomes = Promise.allSettled(waits);
    aborting.abort(reason);
    const [late, polled, aborted, neverBegun] = (await outcomes) as PromiseRejectedResult[];
    expect(late?.reason).toMatchObject({ code: "ERR_TIMEOUT" });
    expect(polled?.reason).toMatchObject({ code: "ERR_TIMEOUT" });
    expect(aborted?.reason).toBe(reason);
    expect(neverBegun?.reason).toBe(reason);
    const began = performance.now();
    expect(() => semaphore.acquireSync({ timeout: 30 })).toThrow(expect.objectContaining({ code: "ERR_TIMEOUT" }));
    expect(performance.now() - began).toBeGreaterThan(25);
    semaphore.release(4);
    await new Promise(setImmediate);
    expect(semaphore.value).toBe(4);
  });

  test("timers run while 200 acquires wait", async () => {
    const semaphore = new Semaphore(0);
    const waits = Array.from({ length: 200 }, () => semaphore.acquire());
    let ticks = 0;
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        ticks += 1;
        if (ticks < 5) return;
        clearInterval(timer);
        resolve();
      }, 1);
    });
    semaphore.release(200);
    await Promise.all(waits);
    expect(semaphore.value).toBe(0);
  });
});

describe("bad input", () => {
  test.each([[-1], [1.5], [Number.NaN], [2 ** 31], [Number.POSITIVE_INFINITY]])("%p is no start", (value) => {
    expect(() => new Semaphore(value)).toThrow(RangeError);
    expect(() => new BoundedSemaphore(value)).toThrow(RangeError);
    expect(() => new Semaphore(value)).toThrow(/`value`/);
  });

  test.each([["3"], [null], [3n], [{}]])("%p is no start, either", (value) => {
    expect(() => new Semaphore(value as never)).toThrow(TypeError);
    expect(() => new BoundedSemaphore(value as never)).toThrow(TypeError);
  });

  test("release takes an integer of at least 1, and refuses more than 2147483647 permits", () => {
    const semaphore = new Semaphore(2 ** 31 - 2);
    for (const n of [0, -1, 0.5, Number.NaN]) expect(() => semaphore.release(n)).toThrow(RangeError);
    expect(() => semaphore.release("1" as never)).toThrow(TypeError);
    semaphore.release();
    expect(() => semaphore.release()).toThrow(RangeError);
    expect(semaphore.value).toBe(2 ** 31 - 1);
  });

  test("wrong options are refused at the call", () => {
    const semaphore = new Semaphore(1);
    for (const timeout of [-1, Number.NaN]) {
      expect(() => semaphore.acquire({ timeout })).toThrow(RangeError);
      expect(() => semaphore.acquireSync({ timeout })).toThrow(RangeError);
    }
    expect(() => semaphore.acquire({ timeout: "1" as never })).toThrow(TypeError);
    expect(() => semaphore.acquire({ signal: {} as never })).toThrow(TypeError);
    expect(() => semaphore.acquire(5 as never)).toThrow(TypeError);
    expect(semaphore.value).toBe(1);
  });
});

test("what arrives in the thread that has it is the same object", () => {
  const semaphore = new Semaphore(1);
  const bounded = new BoundedSemaphore(1);
  expect(Semaphore[deserialize](structuredClone(semaphore[serialize]()))).toBe(semaphore);
  expect(BoundedSemaphore[deserialize](structuredClone(bounded[serialize]()))).toBe(bounded);
  expect(() => Semaphore[deserialize]({})).toThrow(TypeError);
  expect(new SharedArray("int32", 1).length).toBe(1);
});
