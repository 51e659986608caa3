import {
  ALL_COMPLETED,
  asCompleted,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  Future,
  TimeoutError,
  wait,
} from "@concurrent-futures/core";
import { describe, expect, jest, test } from "@jest/globals";

const falsy = [undefined, null, 0, "", false];

function returned<T>(value: T): Future<T> {
  const future = new Future<T>();
  future.setResult(value);
  return future;
}
function cancelled(): Future<never> {
  const future = new Future<never>();
  future.cancel();
  return future;
}
function raised(error: unknown): Future<never> {
  const future = new Future<never>();
  future.setException(error);
  future.catch(() => {});
  return future;
}
/** Whether `promise` is settled once all that is due now has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => {
    settled = true;
  };
  promise.then(note, note);
  await new Promise(setImmediate);
  return settled;
}

describe("wait", () => {
  test("the constants are their names", () => {
    expect([ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION]).toEqual([
      "ALL_COMPLETED",
      "FIRST_COMPLETED",
      "FIRST_EXCEPTION",
    ]);
  });

  test("waits for all by default, however they end", async () => {
    const futures = [new Future(), new Future(), new Future()] as const;
    const waiting = wait(futures);
    futures[0].setResult(1);
    futures[1].setException("e");
    futures[1].catch(() => {});
    expect(await isSettled(waiting)).toBe(false);
    futures[2].cancel();
    expect(await waiting).toEqual({ done: new Set(futures), notDone: new Set() });
  });

  test("FIRST_COMPLETED returns at the first, and at once with all that are done already", async () => {
    const [a, b] = [new Future(), new Future()];
    const waiting = wait([a, b], { returnWhen: "FIRST_COMPLETED" });
    b.cancel();
    expect(await waiting).toEqual({ done: new Set([b]), notDone: new Set([a]) });
    const [c, d] = [returned(1), returned(2)];
    const { done, notDone } = await wait([c, a, d], { returnWhen: "FIRST_COMPLETED" });
    expect([...done]).toEqual([c, d]);
    expect([...notDone]).toEqual([a]);
  });

  test("FIRST_EXCEPTION returns at the first error; neither a result nor a cancellation counts", async () => {
    const [a, b, c] = [new Future(), new Future(), new Future()];
    const waiting = wait([a, b, c, cancelled()], { returnWhen: "FIRST_EXCEPTION" });
    a.setResult(1);
    b.abort();
    expect(await isSettled(waiting)).toBe(false);
    c.setResult(1);
    expect((await waiting).notDone.size).toBe(0);
    const pending = new Future();
    const failed = raised("before");
    expect((await wait([pending, failed], { returnWhen: "FIRST_EXCEPTION" })).done).toEqual(new Set([failed]));
  });

  test.each(falsy)("FIRST_EXCEPTION returns at an error that is %p", async (error) => {
    const [a, b] = [new Future(), new Future()];
    const waiting = wait([a, b], { returnWhen: "FIRST_EXCEPTION" });
    b.setException(error);
    b.catch(() => {});
    expect((await waiting).done).toEqual(new Set([b]));
  });

  test("a timeout ends the wait without an error; 0 looks only", async () => {
    const [a, b] = [new Future(), returned(1)];
    const expected = { done: new Set([b]), notDone: new Set([a]) };
    expect(await wait([a, b], { timeout: 0 })).toEqual(expected);
    expect(await wait([a, b], { timeout: 5 })).toEqual(expected);
  });

  test("takes any iterable, one-shot generators too, collapses duplicates, and [] returns at once", async () => {
    const a = returned(1);
    function* generate() {
      yield a;
      yield a;
    }
    expect(await wait(generate())).toEqual({ done: new Set([a]), notDone: new Set() });
    expect(await wait([])).toEqual({ done: new Set(), notDone: new Set() });
    expect(await wait([], { returnWhen: "FIRST_COMPLETED" })).toEqual({ done: new Set(), notDone: new Set() });
  });

  test("refuses wrong options, and what is not a future, at the call", () => {
    expect(() => wait([], { returnWhen: "SOON" as never })).toThrow(RangeError);
    expect(() => wait([], { returnWhen: "SOON" as never })).toThrow(/`returnWhen`.*got "SOON"/);
    expect(() => wait([], { timeout: -1 })).toThrow(RangeError);
    expect(() => wait([], { timeout: "1" as never })).toThrow(TypeError);
    expect(() => wait([1 as never])).toThrow(TypeError);
    expect(() => wait([Promise.resolve() as never])).toThrow(TypeError);
    expect(() => wait(5 as never)).toThrow(TypeError);
  });

  test("clears its timer", async () => {
    jest.useFakeTimers();
    try {
      const a = new Future();
      const waiting = wait([a], { timeout: 1000 });
      expect(jest.getTimerCount()).toBe(1);
      a.setResult(1);
      await waiting;
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe("asCompleted", () => {
  async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const item of iterable) all.push(item);
    return all;
  }

  test("gives those that are done first, then the others as they end, cancelled and failed ones too", async () => {
    const [a, b, c, d] = [new Future(), returned(1), new Future(), cancelled()];
    const completed = collect(asCompleted([a, b, c, d]));
    c.setException(undefined);
    c.catch(() => {});
    a.setResult(1);
    expect(await completed).toEqual([b, d, c, a]);
  });

  test("gives each once, though given twice, from any iterable, and ends at once for none", async () => {
    const [a, b] = [new Future(), returned(1)];
    function* generate() {
      yield* [a, b, a, b];
    }
    const completed = collect(asCompleted(generate()));
    a.setResult(1);
    expect(await completed).toEqual([b, a]);
    expect(await collect(asCompleted([]))).toEqual([]);
  });

  test("on timeout it has given the done ones before it throws how many of how many are left", async () => {
    for (const timeout of [0, 10]) {
      const [a, b] = [returned(1), returned(2)];
      const got: unknown[] = [];
      const reading = (async () => {
        for await (const future of asCompleted([new Future(), a, new Future(), b], { timeout })) got.push(future);
      })();
      await expect(reading).rejects.toThrow(TimeoutError);
      await expect(reading).rejects.toThrow("2 (of 4) futures unfinished");
      expect(got).toEqual([a, b]);
    }
  });

  test("after an error or return() it has ended", async () => {
    const late = asCompleted([new Future()], { timeout: 0 });
    await expect(late.next()).rejects.toThrow(TimeoutError);
    expect(await late.next()).toEqual({ value: undefined, done: true });
    const left = asCompleted([returned(1), new Future()]);
    const waiting = [left.next(), left.next()];
    expect(await left.return?.()).toEqual({ value: undefined, done: true });
    expect(await Promise.all(waiting)).toMatchObject([{ done: false }, { done: true }]);
    expect(await left.next()).toEqual({ value: undefined, done: true });
  });

  test("several readers at once get different futures, and the end", async () => {
    const [a, b] = [new Future(), new Future()];
    const completed = asCompleted([a, b]);
    const reads = [completed.next(), completed.next(), completed.next()];
    b.setResult(1);
    a.setResult(1);
    expect(await Promise.all(reads)).toEqual([
      { value: b, done: false },
      { value: a, done: false },
      { value: undefined, done: true },
    ]);
  });

  test("runs a timer only while somebody waits", async () => {
    jest.useFakeTimers();
    try {
      const [a, b] = [new Future(), new Future()];
      const completed = asCompleted([a, b], { timeout: 1000 });
      expect(jest.getTimerCount()).toBe(0);
      const next = completed.next();
      expect(jest.getTimerCount()).toBe(1);
      a.setResult(1);
      await next;
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  test("refuses wrong options, and what is not a future, at the call", () => {
    expect(() => asCompleted([], { timeout: Number.NaN })).toThrow(RangeError);
    expect(() => asCompleted([{} as never])).toThrow(TypeError);
    expect(() => asCompleted(undefined as never)).toThrow(TypeError);
  });
});
