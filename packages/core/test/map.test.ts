import {
  CancelledError,
  EventLoopExecutor,
  ExecutorShutdownError,
  type MapOptions,
  partial,
  SerializationError,
  TimeoutError,
  taskShape,
} from "@concurrent-futures/core";
import { describe, expect, jest, test } from "@jest/globals";
import fc from "fast-check";
import { ManualExecutor } from "./manual-executor.js";

const double = (x: number) => 2 * x;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** An executor that runs what is scheduled, soon. */
function auto(): ManualExecutor {
  const executor = new ManualExecutor();
  executor.auto = true;
  return executor;
}

/** An input that counts what is taken of it and says whether it was closed. */
function counting(n = Number.POSITIVE_INFINITY) {
  const input = {
    pulled: 0,
    closed: 0,
    *[Symbol.iterator]() {
      try {
        while (input.pulled < n) yield input.pulled++;
      } finally {
        input.closed++;
      }
    },
  };
  return input;
}

function countingAsync(n = Number.POSITIVE_INFINITY) {
  const input = {
    pulled: 0,
    closed: 0,
    async *[Symbol.asyncIterator]() {
      try {
        while (input.pulled < n) yield input.pulled++;
      } finally {
        input.closed++;
      }
    },
  };
  return input;
}

async function collect<T>(results: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of results) all.push(value);
  return all;
}

/** Reads until the error, and gives what came before it and the error. */
async function readToError(results: AsyncIterable<unknown>): Promise<[values: unknown[], error: unknown]> {
  const values: unknown[] = [];
  try {
    for await (const value of results) values.push(value);
  } catch (error) {
    return [values, error];
  }
  throw new Error("the iteration ended without an error");
}

const turn = () => new Promise(setImmediate);

describe("results", () => {
  test("come in the order of the items, whatever order calls end in", async () => {
    const executor = new ManualExecutor();
    const results = collect(executor.map(double, [1, 2, 3]));
    for (const job of [...executor.jobs].reverse()) {
      await job.run();
      await turn();
    }
    expect(await results).toEqual([2, 4, 6]);
  });

  const inputs: [string, () => Iterable<number> | AsyncIterable<number>][] = [
    ["an array", () => range(1000)],
    ["a typed array", () => new Float64Array(range(1000))],
    ["a set", () => new Set(range(1000))],
    ["a generator", () => counting(1000)],
    ["an async generator", () => countingAsync(1000)],
  ];
  const options: MapOptions[] = [
    {},
    { chunkSize: 1 },
    { chunkSize: 7 },
    { chunkSize: 5000 },
    { bufferSize: 1 },
    { bufferSize: 5 },
    { bufferSize: 5, chunkSize: 3 },
    { bufferSize: 3, chunkSize: 50 },
  ];
  describe.each(inputs)("of %s", (_, input) => {
    test.each(options)("are complete with %p, iterated and awaited", async (option) => {
      const expected = range(1000).map(double);
      expect(await collect(auto().map(double, input(), option))).toEqual(expected);
      expect(await auto().map(double, input(), option)).toEqual(expected);
      const sync = new ManualExecutor();
      sync.sync = true;
      expect(await sync.map(double, input(), option)).toEqual(expected);
    });
  });

  test("of a map are its entries; of a string, its characters", async () => {
    expect(await auto().map(([key, value]: [string, number]) => key + value, new Map([["a", 1]]))).toEqual(["a1"]);
    expect(await auto().map((s: string) => s + s, "ab")).toEqual(["aa", "bb"]);
  });

  test("of nothing are nothing", async () => {
    expect(await auto().map(double, [])).toEqual([]);
    expect(await collect(auto().map(double, countingAsync(0)))).toEqual([]);
  });

  test("of async functions are their values, also in chunks", async () => {
    const slow = async (x: number) => {
      await turn();
      return x;
    };
    expect(await auto().map(slow, range(30), { chunkSize: 8 })).toEqual(range(30));
  });

  test("with starmap, items are lists of arguments; bound arguments come first", async () => {
    const add = (a: number, b: number) => a - b;
    expect(await auto().starmap(add, [[3, 1] as const, [5, 2] as const])).toEqual([2, 3]);
    expect(await auto().starmap(add, new Map([[3, 1]]), { chunkSize: 2 })).toEqual([2]);
    expect(await auto().map(partial(add, 10), range(3), { chunkSize: 2 })).toEqual([10, 9, 8]);
    expect(await auto().map(partial(add, 10), range(3))).toEqual([10, 9, 8]);
    await expect(auto().starmap(add, [5 as never])).rejects.toThrow(/list of arguments, got 5/);
  });

  test("random durations, sizes and options keep order and completeness", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 3 }), { maxLength: 60 }),
        fc.record(
          {
            chunkSize: fc.oneof(fc.constant("auto" as const), fc.integer({ min: 1, max: 9 })),
            bufferSize: fc.integer({ min: 1, max: 9 }),
          },
          { requiredKeys: [] },
        ),
        fc.boolean(),
        async (delays, option, lazily) => {
          const executor = auto();
          const wait = async ([index, turns]: readonly [number, number]) => {
            for (let i = 0; i < turns; i++) await turn();
            return index;
          };
          const items = delays.map((turns, index) => [index, turns] as const);
          const results = executor.map(wait, lazily ? items.values() : items, option);
          expect(await collect(results)).toEqual(range(delays.length));
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("what is submitted when", () => {
  test("a sized input is submitted whole in the call, as calls of one item when there are few", () => {
    const executor = new ManualExecutor();
    executor.map(double, [1, 2, 3]);
    expect(executor.jobs.map(({ call }) => call)).toEqual(
      [1, 2, 3].map((x) => ({ task: double, args: [x], options: {}, fromMap: true })),
    );
  });

  test("chunkSize groups items, and everything is handed over in the call", () => {
    const executor = new ManualExecutor();
    executor.map(double, range(10), { chunkSize: 4 });
    expect(executor.jobs.map(({ call }) => call.args)).toEqual([
      [[], [0, 1, 2, 3], false],
      [[], [4, 5, 6, 7], false],
      [[], [8, 9], false],
    ]);
    const { task } = executor.jobs[0]?.call ?? {};
    expect((task as unknown as Record<symbol, unknown>)[taskShape]).toEqual({ kind: "chunk", task: double });
  });

  test("a large input goes on without a reader, in chunks that grow with what was measured", async () => {
    const executor = auto();
    const results = executor.map(double, range(50_000));
    while (executor.jobs.some(({ future }) => !future.done())) await turn();
    expect(executor.jobs.length).toBeLessThan(1000);
    const sizes = executor.jobs.map(({ call }) => (call.args[1] as unknown[]).length);
    expect(sizes[0]).toBe(1);
    expect(sizes.reduce((a, b) => a + b)).toBe(50_000);
    expect(Math.max(...sizes)).toBeGreaterThan(100);
    expect((await results).length).toBe(50_000);
  });

  test("slow items stay alone", async () => {
    const executor = auto();
    const slow = (x: number) => {
      const end = performance.now() + 3;
      while (performance.now() < end);
      return x;
    };
    await executor.map(slow, range(60));
    expect(executor.jobs).toHaveLength(60);
  });

  test("what an array holds later is not looked at", async () => {
    const items = range(100);
    const results = auto().map(double, items);
    items.fill(0).push(1);
    expect(await results).toEqual(range(100).map(double));
  });

  test("shutdown hands over what is left of a sized input; cancelFutures cancels it", async () => {
    const executor = auto();
    const results = executor.map(double, range(10_000));
    const before = executor.jobs.length;
    await executor.shutdown();
    expect(executor.jobs.length - before).toBeLessThan(200);
    expect(await results).toEqual(range(10_000).map(double));

    const cancelled = auto();
    const left = cancelled.map(double, range(10_000));
    await cancelled.shutdown({ cancelFutures: true });
    const [values, error] = await readToError(left);
    expect(error).toBeInstanceOf(CancelledError);
    expect(values.length).toBeLessThan(100);
  });

  test("a map that nobody reads submits everything all the same", async () => {
    const executor = auto();
    const seen: number[] = [];
    executor.map((x: number) => seen.push(x), range(500));
    await executor.shutdown();
    while (executor.jobs.some(({ future }) => !future.done())) await turn();
    expect(seen).toEqual(range(500));
  });

  test("bufferSize: exactly so many are pulled in the call, one more for each that is read", async () => {
    for (const chunkSize of [1, "auto", 2, 10] as const) {
      const input = counting();
      const results = auto().map(double, input, { bufferSize: 3, chunkSize });
      expect(input.pulled).toBe(3);
      for (let i = 0; i < 10; i++) {
        expect(await results.next()).toEqual({ value: 2 * i, done: false });
        expect(input.pulled).toBe(4 + i);
      }
      await results.return?.();
      expect(input.closed).toBe(1);
    }
  });

  test("bufferSize bounds arrays and async inputs as well", async () => {
    const executor = auto();
    const results = executor.map(double, range(100), { bufferSize: 4 });
    expect(executor.jobs).toHaveLength(4);
    await results.next();
    expect(executor.jobs).toHaveLength(5);
    const input = countingAsync();
    const streamed = auto().map(double, input, { bufferSize: 4 });
    for (let i = 0; i < 20; i++) await turn();
    expect(input.pulled).toBe(4);
    await streamed.next();
    for (let i = 0; i < 20; i++) await turn();
    expect(input.pulled).toBe(5);
  });

  test("without bufferSize, an unsized input is read a bounded number of items ahead", async () => {
    for (const input of [counting(), countingAsync()]) {
      const results = auto().map(double, input);
      for (let i = 0; i < 500; i++) await turn();
      expect(input.pulled).toBe(64);
      let read = 0;
      for await (const value of results) {
        expect(value).toBe(2 * read++);
        expect(input.pulled).toBeLessThanOrEqual(read + 4096);
        if (read === 5000) break;
      }
      expect(input.closed).toBe(1);
    }
  });

  test("an item of a slow input does not wait for others to make up a chunk", async () => {
    const executor = auto();
    const gates: (() => void)[] = [];
    async function* slow() {
      for (let i = 0; i < 3; i++) {
        await new Promise<void>((open) => gates.push(open));
        yield i;
      }
    }
    const results = executor.map(double, slow(), { chunkSize: 100 });
    for (let i = 0; i < 3; i++) {
      gates[i]?.();
      expect(await results.next()).toEqual({ value: 2 * i, done: false });
    }
  });

  test("options that limit a call keep each item in a call of its own", async () => {
    for (const option of [{ timeout: 600_000 }, { queueTimeout: 600_000 }, { retries: 1 }]) {
      const executor = auto();
      await executor.with(option).map(double, range(40));
      expect(executor.jobs).toHaveLength(40);
      expect(executor.jobs[39]?.call).toMatchObject({ args: [39], options: option });
    }
  });
});

describe("errors of items", () => {
  const failAt = (n: number, error: unknown) => (x: number) => {
    if (x === n) throw error;
    return x;
  };
  const falsy = [undefined, null, 0, "", false];

  test.each([1, 4, "auto"] as const)("throw at their turn, with chunkSize %p, and end it", async (chunkSize) => {
    const error = new Error("item 50");
    const executor = auto();
    const results = executor.map(failAt(50, error), range(100), { chunkSize });
    expect(await readToError(results)).toEqual([range(50), error]);
    expect(await results.next()).toEqual({ value: undefined, done: true });
    const input = counting();
    expect(await readToError(auto().map(failAt(50, error), input, { chunkSize }))).toEqual([range(50), error]);
    expect(input.closed).toBe(1);
    await expect(auto().map(failAt(50, error), range(100), { chunkSize })).rejects.toBe(error);
  });

  test.each(falsy)("may be %p", async (error) => {
    for (const chunkSize of [1, 3] as const) {
      expect(await readToError(auto().map(failAt(4, error), range(9), { chunkSize }))).toEqual([range(4), error]);
      const rejected = jest.fn();
      await auto().map(failAt(4, error), range(9), { chunkSize }).then(undefined, rejected);
      expect(rejected).toHaveBeenCalledWith(error);
    }
  });

  test("cancel what has not started, and nothing that runs", async () => {
    const executor = new ManualExecutor();
    const results = executor.map(failAt(0, "e"), range(10));
    executor.jobs[9]?.start();
    await executor.jobs[0]?.run();
    await expect(results.next()).rejects.toBe("e");
    expect(executor.jobs.slice(1, 9).every(({ future }) => future.cancelled())).toBe(true);
    expect(executor.jobs[9]?.future.running()).toBe(true);
  });

  test("a task's own TimeoutError is the task's", async () => {
    const error = new TimeoutError("mine");
    await expect(auto().map(failAt(1, error), range(3), { timeout: 10_000 })).rejects.toBe(error);
  });

  test("are no unhandled rejection when nobody reads", async () => {
    const unhandled = jest.fn();
    process.on("unhandledRejection", unhandled);
    const executor = auto();
    executor.map(failAt(1, "e"), range(3));
    executor.map(failAt(1, "e"), range(300));
    executor.map(failAt(1, "e"), counting());
    for (let i = 0; i < 50; i++) await turn();
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  test("a chunk with an item that cannot be sent goes item by item, so that this one fails at its turn", async () => {
    const executor = auto();
    const results = executor.map(double, range(9), { chunkSize: 4 });
    const unsendable = new SerializationError("no", { side: "argument", path: "args[1][1]" });
    const [, chunk] = executor.jobs;
    chunk?.future.setException(unsendable);
    expect(executor.jobs.slice(3).map(({ call }) => call)).toEqual(
      [4, 5, 6, 7].map((x) => ({ task: double, args: [x], options: {}, fromMap: true })),
    );
    executor.jobs[5]?.future.setException(unsendable);
    expect(await readToError(results)).toEqual([range(6).map(double), unsendable]);
  });
});

test("what replaces a chunk keeps its place, also when that was the last so far", async () => {
  const executor = new ManualExecutor();
  const results = executor.map(double, counting(6), { chunkSize: 2, bufferSize: 4 });
  const unsendable = new SerializationError("no", { side: "argument", path: "args[1][0]" });
  executor.jobs[1]?.future.setException(unsendable);
  const all = collect(results);
  while (executor.jobs.some(({ future }) => !future.done())) {
    for (const job of executor.jobs) await job.run();
    await turn();
  }
  expect(await all).toEqual(range(6).map(double));
});

describe("inputs that fail", () => {
  function* failing(n: number) {
    yield* range(n);
    throw new Error("bad input");
  }

  test("in the call: the first next() fails, and the executor goes on", async () => {
    const executor = auto();
    const results = executor.map(double, failing(2));
    await expect(results.next()).rejects.toThrow("bad input");
    expect(await results.next()).toEqual({ value: undefined, done: true });
    expect(executor.jobs.every(({ future }) => future.cancelled())).toBe(true);
    expect(await executor.submit(double, 1)).toBe(2);
    const notEvenAnIterator = {
      [Symbol.iterator]: () => {
        throw new Error("no iterator");
      },
    };
    await expect(executor.map(double, notEvenAnIterator)).rejects.toThrow("no iterator");
  });

  test("later: at their turn", async () => {
    expect(await readToError(auto().map(double, failing(3), { bufferSize: 2 }))).toEqual([
      [0, 2, 4],
      new Error("bad input"),
    ]);
    async function* later() {
      yield* failing(3);
    }
    expect(await readToError(auto().map(double, later()))).toEqual([[0, 2, 4], new Error("bad input")]);
  });

  test("an executor that is shut down makes the first next() fail, and closes the input", async () => {
    const executor = auto();
    await executor.shutdown();
    const input = counting();
    const results = executor.map(double, input);
    expect(input.closed).toBe(1);
    await expect(results.next()).rejects.toThrow(ExecutorShutdownError);
    await expect(executor.map(double, range(1000))).rejects.toThrow(ExecutorShutdownError);
  });

  test("an executor that is shut down while results are read: what was submitted comes, then the error", async () => {
    const executor = auto();
    const input = counting();
    const results = executor.map(double, input, { bufferSize: 2 });
    expect(await results.next()).toEqual({ value: 0, done: false });
    await executor.shutdown();
    expect(await results.next()).toEqual({ value: 2, done: false });
    expect(await results.next()).toEqual({ value: 4, done: false });
    await expect(results.next()).rejects.toThrow(ExecutorShutdownError);
    expect(input.closed).toBe(1);
  });
});

describe("leaving", () => {
  test("by break cancels what has not started and closes the input", async () => {
    const executor = new ManualExecutor();
    const results = executor.map(double, range(10));
    await executor.jobs[0]?.run();
    for await (const value of results) {
      expect(value).toBe(0);
      break;
    }
    expect(executor.jobs.slice(1).every(({ future }) => future.cancelled())).toBe(true);
    const input = countingAsync();
    for await (const _ of auto().map(double, input)) break;
    expect(input.closed).toBe(1);
  });

  test("lets no call start in the place of one that is cancelled", async () => {
    const executor = new ManualExecutor();
    const results = executor.map(double, range(5));
    executor.jobs.forEach(({ future }, i) => void future.addDoneCallback(() => executor.jobs[i + 1]?.start()));
    await results.return?.();
    expect(executor.jobs.every(({ future }) => future.cancelled())).toBe(true);
  });

  test("by disposal does the same, and ends those who wait", async () => {
    const executor = new ManualExecutor();
    const results = executor.map(double, range(3));
    const waiting = [results.next(), results.then()] as const;
    await results[Symbol.asyncDispose]();
    expect(await Promise.all(waiting)).toEqual([{ value: undefined, done: true }, []]);
    expect(executor.jobs.every(({ future }) => future.cancelled())).toBe(true);
  });

  test("a large sized input submits nothing more", async () => {
    const executor = auto();
    for await (const _ of executor.map(double, range(100_000), { chunkSize: "auto" })) break;
    const submitted = executor.jobs.length;
    for (let i = 0; i < 20; i++) await turn();
    expect(executor.jobs.length).toBe(submitted);
  });

  test("does not wait for an input that is waiting itself", async () => {
    async function* stuck() {
      yield 1;
      await new Promise(() => {});
    }
    const results = auto().map(double, stuck());
    expect(await results.next()).toEqual({ value: 2, done: false });
    expect(await results.return?.()).toEqual({ value: undefined, done: true });
  });

  test("passes on what the input throws when it is closed", async () => {
    const input: Iterable<number> = {
      [Symbol.iterator]: () => ({
        next: () => ({ value: 1, done: false }),
        return: () => {
          throw new Error("cannot close");
        },
      }),
    };
    await expect(auto().map(double, input).return?.()).rejects.toThrow("cannot close");
  });
});

describe("several readers", () => {
  test("get the results in the order in which they asked, then the end", async () => {
    const results = auto().map(double, range(3), { chunkSize: 2 });
    const reads = range(5).map(() => results.next());
    expect(await Promise.all(reads)).toEqual([
      ...[0, 2, 4].map((value) => ({ value, done: false })),
      ...[0, 1].map(() => ({ value: undefined, done: true })),
    ]);
  });

  test("awaiting twice gives the same array; after reading some, the rest", async () => {
    const results = auto().map(double, range(4));
    expect(await results.next()).toEqual({ value: 0, done: false });
    const all = await results;
    expect(all).toEqual([2, 4, 6]);
    expect(await results).toBe(all);
    expect(await results.next()).toEqual({ value: undefined, done: true });
  });

  test("one is told of the error, the others of the end; awaiting fails too", async () => {
    const results = auto().map(() => {
      throw new Error("e");
    }, [1]);
    const reads = await Promise.allSettled([results.next(), results.next()]);
    expect(reads.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    await expect(results).rejects.toThrow("e");
  });
});

describe("the timeout option", () => {
  test("time is up also where results come without a turn of the event loop", async () => {
    function* endless(): Generator<number> {
      for (let n = 0; n < 10_000_000; n++) yield n;
    }
    const results = new EventLoopExecutor().map(double, endless(), { timeout: 20, bufferSize: 4 });
    const readAll = async () => {
      for await (const _ of results);
    };
    await expect(readAll()).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    const together = new EventLoopExecutor().map(double, endless(), { timeout: 20, bufferSize: 4 });
    await expect(together).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
  });

  test("counts from the call: what is done comes, then TimeoutError; what has not started never does", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask", "setImmediate"] });
    const executor = new ManualExecutor();
    const results = executor.map(double, range(5), { timeout: 20 });
    try {
      await executor.jobs[0]?.run();
      await executor.jobs[1]?.run();
      executor.jobs[2]?.start();
      executor.jobs[4]?.start();
      jest.advanceTimersByTime(20);
    } finally {
      jest.useRealTimers();
    }
    const [values, error] = await readToError(results);
    expect(values).toEqual([0, 2]);
    expect(error).toMatchObject({
      code: "ERR_TIMEOUT",
      message: "The map was not complete within its `timeout` of 20 ms",
    });
    expect(executor.jobs[2]?.aborts).toEqual([error]);
    expect(executor.jobs[3]?.future.cancelled()).toBe(true);
    expect(executor.jobs[4]?.future.running()).toBe(true);
  });

  test("applies although nobody reads meanwhile, and closes the input", async () => {
    const input = counting();
    const executor = new ManualExecutor();
    const results = executor.map(double, input, { timeout: 5, bufferSize: 2 });
    await executor.jobs[0]?.run();
    while (input.closed === 0) await turn();
    expect(executor.jobs[1]?.future.cancelled()).toBe(true);
    expect(await results.next()).toEqual({ value: 0, done: false });
    await expect(results.next()).rejects.toThrow(TimeoutError);
    expect(input.pulled).toBe(2);
  });

  test("0 takes what is there at once", async () => {
    const sync = new ManualExecutor();
    sync.sync = true;
    expect(await sync.map(double, [1, 2], { timeout: 0 })).toEqual([2, 4]);
    const executor = new ManualExecutor();
    await expect(executor.map(double, [1, 2], { timeout: 0 })).rejects.toThrow(TimeoutError);
    expect(executor.jobs.every(({ future }) => future.cancelled())).toBe(true);
  });

  test("its timer is cleared when everything is done, read or not", async () => {
    jest.useFakeTimers({ doNotFake: ["setImmediate", "performance"] });
    try {
      const executor = auto();
      const results = executor.map(double, range(3), { timeout: 600_000 });
      expect(jest.getTimerCount()).toBe(1);
      while (executor.jobs.some(({ future }) => !future.done())) await turn();
      expect(jest.getTimerCount()).toBe(0);
      expect(await results).toEqual([0, 2, 4]);
      const left = new ManualExecutor().map(double, range(3), { timeout: 600_000 });
      await left.return?.();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

describe("the signal option", () => {
  test("ends the iteration with its reason and cancels what has not started", async () => {
    const executor = new ManualExecutor();
    const controller = new AbortController();
    const results = executor.map(double, range(3), { signal: controller.signal });
    executor.jobs[1]?.start();
    const next = results.next();
    controller.abort("enough");
    await expect(next).rejects.toBe("enough");
    expect(executor.jobs.map(({ future }) => future.cancelled())).toEqual([true, false, true]);
    expect(await results.next()).toEqual({ value: undefined, done: true });
    const idle = auto();
    await expect(idle.map(double, [1], { signal: controller.signal })).rejects.toBe("enough");
    expect(idle.jobs).toEqual([]);
  });

  test("leaves no listener behind", async () => {
    const { signal } = new AbortController();
    const remove = jest.spyOn(signal, "removeEventListener");
    await auto().map(double, range(3), { signal });
    expect(remove).toHaveBeenCalledTimes(1);
  });
});

describe("options", () => {
  test.each([
    [{ chunkSize: 0 }, RangeError],
    [{ chunkSize: 1.5 }, RangeError],
    [{ chunkSize: "2" as never }, TypeError],
    [{ bufferSize: 0 }, RangeError],
    [{ bufferSize: 2.5 }, RangeError],
    [{ bufferSize: null as never }, TypeError],
    [{ timeout: -1 }, RangeError],
    [{ timeout: "1" as never }, TypeError],
    [{ signal: 1 as never }, TypeError],
    [5 as never, TypeError],
  ])("%p is refused by the call itself", (options, type) => {
    const executor = new ManualExecutor();
    expect(() => executor.map(double, [1], options)).toThrow(type);
    expect(() => executor.starmap(double, [[1]], options)).toThrow(/^Expected `/);
    expect(executor.jobs).toEqual([]);
  });

  test.each([5, undefined, null, {}, new DataView(new ArrayBuffer(1))])("%p is no input", (items) => {
    expect(() => new ManualExecutor().map(double, items as never)).toThrow(/`items` to be an iterable/);
  });
});
