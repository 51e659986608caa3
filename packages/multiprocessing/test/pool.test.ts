/** Pool: Python's interface to a ProcessPoolExecutor. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { partial } from "@concurrent-futures/core";
import { AsyncResult, Pool, type PoolOptions } from "@concurrent-futures/multiprocessing";
import { afterAll, afterEach, describe, expect, jest, test } from "@jest/globals";
import {
  add,
  exit,
  fail,
  failAtThree,
  firstWaits,
  initialize,
  pid,
  spin,
  square,
  untilThere,
  whatWasInitialized,
  whoAmI,
} from "./fixtures/calls.js";
import { until } from "./support/until.js";

const folder = mkdtempSync(join(tmpdir(), "multiprocessing-test-"));
let files = 0;
const fresh = () => join(folder, `${++files}`);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pools: Pool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.terminate();
});

function poolOf<I extends readonly unknown[]>(options: PoolOptions<I> = {}): Pool {
  const pool = new Pool({ processes: 1, ...options } as PoolOptions<I>);
  pools.push(pool as Pool);
  return pool as Pool;
}

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};
const byNumber = (a: number, b: number) => a - b;
const notReady = { code: "ERR_INVALID_STATE" };
const notRunning = { code: "ERR_EXECUTOR_SHUTDOWN", message: expect.stringMatching(/^Pool not running/) };

describe("one call", () => {
  test("apply gives the result, or the error", async () => {
    const pool = poolOf();
    expect(await pool.apply(add, [1, 2])).toBe(3);
    expect(await pool.apply(pid)).not.toBe(process.pid);
    expect(await pool.apply(partial(add, 1), [5])).toBe(6);
    expect(await pool.apply(whoAmI)).toBe("ProcessPoolWorker-1");
    await expect(pool.apply(fail, ["no"])).rejects.toMatchObject({ name: "RangeError", message: "no" });
  });

  test("an error's stack names the function and the place that called, and nothing in between", async () => {
    const error = (await poolOf()
      .apply(fail, ["no"])
      .catch((thrown) => thrown)) as Error;
    const frames = error.stack?.split("\n    at ").slice(1) ?? [];
    expect(frames[0]).toMatch(/^fail \(.*calls\.(js|ts):/);
    expect(frames[1]).toBe("--- submitted from ---");
    expect(frames[2]).toMatch(/pool\.test\.(js|ts):/);
  });

  test("applyAsync: ready, successful, wait, get", async () => {
    const pool = poolOf();
    const file = fresh();
    const result = pool.applyAsync(untilThere<string>, [file, "there"]);
    expect(result).toBeInstanceOf(AsyncResult);
    expect(result.ready()).toBe(false);
    expect(() => result.successful()).toThrow(expect.objectContaining(notReady));
    expect(await result.wait({ timeout: 5 })).toBeUndefined();
    expect(result.ready()).toBe(false);
    await expect(result.get({ timeout: 0 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    await expect(result.get({ timeout: 5 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    writeFileSync(file, "");
    await result.wait();
    expect([result.ready(), result.successful()]).toEqual([true, true]);
    expect([await result.get(), await result.get({ timeout: 0 }), await result]).toEqual(["there", "there", "there"]);
  });

  test("applyAsync of what fails", async () => {
    const result = poolOf().applyAsync(fail, ["no"]);
    await result.wait();
    expect([result.ready(), result.successful()]).toEqual([true, false]);
    await expect(result.get()).rejects.toThrow("no");
    await expect(result).rejects.toThrow("no");
  });

  test("callback and errorCallback: one of them, once, before get() gives the result", async () => {
    const pool = poolOf();
    const told: unknown[] = [];
    const callbacks = {
      callback: (value: unknown) => told.push(value),
      errorCallback: (error: unknown) => told.push((error as Error).message),
    };
    await pool.applyAsync(add, [1, 2], callbacks).get();
    expect(told).toEqual([3]);
    await expect(pool.applyAsync(fail, ["no"], callbacks).get()).rejects.toThrow("no");
    expect(told).toEqual([3, "no"]);
    await pool.mapAsync(square, [1, 2], callbacks).get();
    expect(told).toEqual([3, "no", [1, 4]]);
  });

  test("a callback that throws is reported as a warning and changes nothing", async () => {
    const warn = jest.spyOn(process, "emitWarning").mockReturnValue();
    const bad = () => {
      throw new Error("the callback's own");
    };
    const result = poolOf().applyAsync(add, [1, 2], { callback: bad });
    expect(await result.get()).toBe(3);
    const told = warn.mock.calls.filter((call) => JSON.stringify(call).includes("the callback's own"));
    expect(told).toHaveLength(1);
    warn.mockRestore();
  });
});

describe("many calls", () => {
  test("map, starmap and their Async forms, in order", async () => {
    const pool = poolOf();
    expect(await pool.map(square, [1, 2, 3])).toEqual([1, 4, 9]);
    expect(await pool.map(square, new Set([4, 5]), { chunkSize: 2 })).toEqual([16, 25]);
    expect(await pool.map(square, [])).toEqual([]);
    expect(
      await pool.starmap(add, [
        [1, 2],
        [3, 4],
      ]),
    ).toEqual([3, 7]);
    const later = pool.mapAsync(square, [1, 2, 3], { chunkSize: 1 });
    expect(await later.get()).toEqual([1, 4, 9]);
    expect(later.successful()).toBe(true);
    expect(await pool.starmapAsync(add, new Map([[1, 2]])).get()).toEqual([3]);
  });

  test("map rejects with the first error; mapAsync too; the pool goes on", async () => {
    const pool = poolOf();
    await expect(pool.map(failAtThree, [1, 2, 3, 4])).rejects.toThrow("not 3");
    const later = pool.mapAsync(failAtThree, [1, 2, 3, 4]);
    await later.wait();
    expect(later.successful()).toBe(false);
    expect(await pool.apply(add, [1, 1])).toBe(2);
  });

  test("imap gives results one at a time, in order, of an endless input too", async () => {
    const pool = poolOf();
    expect(await collect(pool.imap(square, [1, 2, 3], { chunkSize: 2 }))).toEqual([1, 4, 9]);
    let closed = false;
    function* naturals(): Generator<number> {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        closed = true;
      }
    }
    for await (const value of pool.imap(square, naturals())) if (value === 100) break;
    expect(closed).toBe(true);
  });

  test("imapUnordered gives each result as soon as it is there", async () => {
    const pool = poolOf({ processes: 2 });
    const file = fresh();
    const items = [0, 1, 2, 3].map((n) => [n, file] as const);
    const seen: number[] = [];
    for await (const n of pool.imapUnordered(firstWaits, items)) {
      seen.push(n);
      if (seen.length === 3) writeFileSync(file, "");
    }
    expect(seen.slice(0, 3).sort(byNumber)).toEqual([1, 2, 3]);
    expect(seen[3]).toBe(0);
  });

  test.each([1, 3, 100])(
    "imapUnordered in chunks of %i: arrays, generators and async generators",
    async (chunkSize) => {
      const pool = poolOf();
      const items = Array.from({ length: 20 }, (_, n) => n);
      const squares = items.map(square);
      function* some() {
        yield* items;
      }
      async function* later() {
        yield* items;
      }
      for (const input of [items, some(), later(), new Set(items)]) {
        expect((await collect(pool.imapUnordered(square, input, { chunkSize }))).sort(byNumber)).toEqual(squares);
      }
      expect(await collect(pool.imapUnordered(square, []))).toEqual([]);
    },
  );

  test("imapUnordered reads an endless input a bounded number of items ahead, and closes it", async () => {
    const pool = poolOf();
    let read = 0;
    let closed = false;
    function* naturals(): Generator<number> {
      try {
        for (; ; read++) yield read;
      } finally {
        closed = true;
      }
    }
    await using results = pool.imapUnordered(square, naturals());
    expect((await results.next()).done).toBe(false);
    expect(read).toBeLessThan(200);
    for await (const _ of results) break;
    expect(closed).toBe(true);
    expect(await results.next()).toEqual({ value: undefined, done: true });
  });

  test("imapUnordered: an error of an item, of the input, or of the pool ends it", async () => {
    const pool = poolOf();
    await expect(collect(pool.imapUnordered(failAtThree, [1, 2, 3, 4]))).rejects.toThrow("not 3");
    await expect(collect(pool.imapUnordered(failAtThree, [3, 4], { chunkSize: 2 }))).rejects.toThrow("not 3");
    function* broken(): Generator<number> {
      yield 1;
      throw new Error("the input's own");
    }
    const results = pool.imapUnordered(square, broken());
    expect(await results.next()).toEqual({ value: 1, done: false });
    await expect(results.next()).rejects.toThrow("the input's own");
    expect(await results.next()).toEqual({ value: undefined, done: true });
    const sign = fresh();
    pool.applyAsync(spin, [sign]); // so that what follows cannot start
    await until(() => existsSync(sign), "it spins");
    const unfinished = pool.imapUnordered(square, [1]);
    const told = expect(unfinished.next()).rejects.toMatchObject({ code: "ERR_CANCELLED" });
    await pool.terminate();
    await told;
  });

  test("readers of imapUnordered wait in line", async () => {
    const results = poolOf().imapUnordered(square, [1, 2]);
    const read = await Promise.all([results.next(), results.next(), results.next()]);
    expect(read.map(({ done }) => done)).toEqual([false, false, true]);
  });
});

describe("workers", () => {
  test("initializer and initArgs, as in Python", async () => {
    const pool = poolOf({ initializer: initialize, initArgs: ["a", "b"] });
    expect(await pool.apply(whatWasInitialized)).toBe("ab");
  });

  test("an initializer that fails breaks the pool", async () => {
    const pool = poolOf({ initializer: fail, initArgs: ["not ready"] });
    await expect(pool.apply(pid)).rejects.toMatchObject({ code: "ERR_BROKEN_PROCESS_POOL" });
    await pool.terminate();
    await pool.join();
  });

  test("maxTasksPerChild: then the worker is another", async () => {
    const pool = poolOf({ maxTasksPerChild: 2 });
    const pids: number[] = [];
    for (let n = 0; n < 6; n++) pids.push(await pool.apply(pid));
    expect(new Set(pids).size).toBe(3);
  });

  test("a worker that dies fails its call, and the pool goes on", async () => {
    const pool = poolOf();
    await expect(pool.apply(exit)).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 3 });
    expect(await pool.apply(add, [1, 2])).toBe(3);
  });
});

describe("the end", () => {
  test("close: what was submitted still runs, nothing more is taken, join waits", async () => {
    const pool = poolOf();
    const file = fresh();
    const result = pool.applyAsync(untilThere<number>, [file, 1]);
    const many = pool.mapAsync(square, [1, 2, 3]);
    const unordered = pool.imapUnordered(square, [4, 5]);
    pool.close();
    pool.close();
    await expect(pool.apply(add, [1, 2])).rejects.toMatchObject(notRunning);
    await expect(pool.map(square, [1])).rejects.toMatchObject(notRunning);
    await expect(pool.starmap(add, [[1, 2]])).rejects.toMatchObject(notRunning);
    for (const use of [
      () => pool.applyAsync(add, [1, 2]),
      () => pool.mapAsync(square, [1]),
      () => pool.starmapAsync(add, []),
      () => pool.imap(square, [1]),
      () => pool.imapUnordered(square, [1]),
    ]) {
      expect(use).toThrow(expect.objectContaining(notRunning));
    }
    writeFileSync(file, "");
    await pool.join();
    await pool.join();
    expect([await result.get(), await many.get(), (await collect(unordered)).sort(byNumber)]).toEqual([
      1,
      [1, 4, 9],
      [16, 25],
    ]);
  });

  test("join before close() or terminate() is refused", async () => {
    const pool = poolOf();
    await expect(pool.join()).rejects.toMatchObject({ ...notReady, message: expect.stringContaining("still running") });
  });

  test("terminate: running and waiting calls fail, also in an endless loop", async () => {
    const pool = poolOf();
    const sign = fresh();
    const running = pool.applyAsync(spin, [sign]);
    const waiting = pool.applyAsync(add, [1, 2]);
    const map = pool.mapAsync(square, [1, 2, 3]);
    await until(() => existsSync(sign), "it spins");
    await pool.terminate();
    await pool.join();
    await pool.terminate();
    await expect(running.get()).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED", signal: "SIGTERM" });
    await expect(waiting.get()).rejects.toMatchObject({ code: "ERR_CANCELLED" });
    await expect(map.get()).rejects.toMatchObject({ code: "ERR_CANCELLED" });
    await expect(pool.apply(add, [1, 2])).rejects.toMatchObject(notRunning);
  });

  test("await using terminates it", async () => {
    const sign = fresh();
    let result: AsyncResult<never>;
    {
      await using pool = new Pool({ processes: 1 });
      result = pool.applyAsync(spin, [sign]);
      await until(() => existsSync(sign), "it spins");
    }
    await expect(result.get()).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED" });
  });

  test("a pool that nothing was asked of closes, joins and terminates", async () => {
    const pool = new Pool();
    pool.close();
    await pool.join();
    await pool.terminate();
    await new Pool().terminate();
  });
});

describe("misuse", () => {
  test.each<[unknown, string]>([
    [4, "Expected the options to be an object ({ processes, initializer, initArgs, maxTasksPerChild }), got 4"],
    [{ processes: 0 }, "Expected `processes` to be an integer of at least 1, got 0"],
    [{ processes: "2" }, "Expected `processes` to be an integer of at least 1, got '2'"],
    [{ processes: Number.POSITIVE_INFINITY }, "Expected `processes`"],
    [{ maxWorkers: 2 }, "got `maxWorkers`"],
    [{ initializer: 5 }, "Expected `initializer` to be a function, got 5"],
    [{ initArgs: 5 }, "Expected `initArgs` to be an array of arguments, got 5"],
    [{ maxTasksPerChild: 0 }, "Expected `maxTasksPerChild` to be an integer of at least 1, got 0"],
  ])("new Pool(%p) is refused", (options, message) => {
    expect(() => new Pool(options as never)).toThrow(message);
  });

  test("arguments that are no list, and options that are none", async () => {
    const pool = poolOf();
    await expect(pool.apply(square, 5 as never)).rejects.toThrow("Expected `args` to be an array of arguments, got 5");
    expect(() => pool.applyAsync(square, 5 as never)).toThrow(TypeError);
    expect(() => pool.applyAsync(square, [5], (() => {}) as never)).toThrow("Expected the options to be an object");
    expect(() => pool.applyAsync(square, [5], { callback: 5 as never })).toThrow(
      "Expected `callback` to be a function",
    );
    expect(() => pool.applyAsync(square, [5], { onError: fail } as never)).toThrow("got `onError`");
    await expect(pool.apply(5 as never)).rejects.toThrow("Expected `fn` to be a function");
    await expect(pool.map(square, 5 as never)).rejects.toThrow("Expected `items` to be an iterable");
    await expect(pool.map(square, [5], { chunkSize: 0 })).rejects.toThrow(RangeError);
    await expect(pool.map(square, [5], 3 as never)).rejects.toThrow("Expected the options to be an object");
    expect(() => pool.mapAsync(square, [5], { chunkSize: "big" as never })).toThrow("`chunkSize`");
    expect(() => pool.imap(square, 5 as never)).toThrow("Expected `items`");
    expect(() => pool.imapUnordered(square, 5 as never)).toThrow("Expected `items` to be an iterable");
    expect(() => pool.imapUnordered(5 as never, [5])).toThrow("Expected `fn` to be a function, got 5");
    expect(() => pool.imapUnordered(square, [5], { chunkSize: 0 })).toThrow("Expected `chunkSize`");
    const result = pool.applyAsync(square, [5]);
    await expect((async () => result.get({ timeout: -1 }))()).rejects.toThrow(RangeError);
    await expect((async () => result.wait({ timeout: "1" as never }))()).rejects.toThrow(TypeError);
    await expect((async () => result.get(5 as never))()).rejects.toThrow(TypeError);
  });
});
