import { type ChunkResult, runChunk, runInTaskContext } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { ChunkSizer } from "../dist/chunk-sizer.js";
import { Fifo } from "../dist/fifo.js";
import { TaskQueue } from "../dist/task-queue.js";

const falsy = [undefined, null, 0, "", false];

describe("runChunk", () => {
  const plus = (a: number, b: number) => a + b;

  test("runs a function over items and says how long it took", () => {
    const [values, elapsedMs, ...thrown] = runChunk(plus)([10], [1, 2, 3], false) as ChunkResult;
    expect(values).toEqual([11, 12, 13]);
    expect(elapsedMs).toBeGreaterThanOrEqual(0);
    expect(thrown).toEqual([]);
  });

  test("spreads lists of arguments", () => {
    expect((runChunk(plus)([], [[1, 2]], true) as ChunkResult)[0]).toEqual([3]);
  });

  test.each(falsy)("stops at an item that throws %p, sync or async", async (error) => {
    const ran: number[] = [];
    const sync = (x: number) => {
      ran.push(x);
      if (x === 2) throw error;
      return x;
    };
    expect(runChunk(sync)([], [1, 2, 3], false)).toEqual([[1], expect.any(Number), error]);
    expect(await runChunk(async (x: number) => sync(x))([], [1, 2, 3], false)).toEqual([
      [1],
      expect.any(Number),
      error,
    ]);
    expect(ran).toEqual([1, 2, 1, 2]);
  });

  test("waits for each promise before it goes on, and may mix both kinds", async () => {
    const log: string[] = [];
    const mixed = (x: number) => {
      log.push(`start ${x}`);
      if (x % 2 === 0) return x;
      return Promise.resolve().then(() => {
        log.push(`end ${x}`);
        return x;
      });
    };
    const [values] = await runChunk(mixed)([], [0, 1, 2, 3], false);
    expect(values).toEqual([0, 1, 2, 3]);
    expect(log).toEqual(["start 0", "start 1", "end 1", "start 2", "start 3", "end 3"]);
  });

  test("starts no further item once the call is aborted", async () => {
    const controller = new AbortController();
    const context = { signal: controller.signal, progress() {}, workerId: 1, name: "" };
    const ran: number[] = [];
    const task = async (x: number) => {
      ran.push(x);
      if (x === 2) controller.abort("stop");
    };
    const result = await runInTaskContext(context, () => runChunk(task)([], [1, 2, 3], false));
    expect(ran).toEqual([1, 2]);
    expect(result).toEqual([[undefined, undefined], expect.any(Number), "stop"]);
  });
});

describe("ChunkSizer", () => {
  test("starts with one item and aims at 2 ms, growing at most eightfold from what was measured", () => {
    const sizer = new ChunkSizer(4096);
    expect(sizer.size).toBe(1);
    sizer.record(1, 0.001);
    expect(sizer.size).toBe(8);
    sizer.record(8, 0.008);
    expect(sizer.size).toBe(64);
    sizer.record(64, 0.064);
    sizer.record(512, 0.512);
    expect(sizer.size).toBe(2000);
    sizer.record(2000, 0);
    expect(sizer.size).toBeLessThanOrEqual(4096);
  });

  test("forgets a slow first call, and shrinks when items become slow", () => {
    const sizer = new ChunkSizer(4096);
    sizer.record(1, 50);
    expect(sizer.size).toBe(1);
    for (let i = 0; i < 25; i++) sizer.record(sizer.size, sizer.size * 0.001);
    expect(sizer.size).toBeGreaterThan(1000);
    for (let i = 0; i < 5; i++) sizer.record(10, 100);
    expect(sizer.size).toBe(1);
  });

  test("does not learn from a chunk of nothing, and keeps to its limit", () => {
    const sizer = new ChunkSizer(3);
    sizer.record(0, 5);
    expect(sizer.measured).toBe(false);
    sizer.record(1, 0);
    expect(sizer.size).toBe(3);
  });
});

test("Fifo gives what was put in, in order", () => {
  const fifo = new Fifo<number>();
  fifo.push(1);
  fifo.push(2);
  expect(fifo.size).toBe(2);
  expect([fifo.shift(), fifo.shift(), fifo.shift()]).toEqual([1, 2, undefined]);
  fifo.push(3);
  fifo.clear();
  expect([fifo.size, fifo.shift()]).toEqual([0, undefined]);
  fifo.push(4);
  expect(fifo.shift()).toBe(4);
});

test("TaskQueue gives the highest priority first, and each in order of arrival", () => {
  const queue = new TaskQueue<string>();
  for (const [value, priority] of [
    ["a", 0],
    ["b", 5],
    ["c", -1.5],
    ["d", 5],
    ["e", 2],
  ] as const) {
    queue.push(value, priority);
  }
  expect(queue.shift()).toBe("b");
  queue.push("f", 5);
  queue.push("g", 9);
  expect(Array.from({ length: 7 }, () => queue.shift())).toEqual(["g", "d", "f", "e", "a", "c", undefined]);
});
