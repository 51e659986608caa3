/** Wrong options fail where they are given, and say what was expected. */
import { availableParallelism } from "node:os";
import { expect, test } from "@jest/globals";
import { add, square } from "../fixtures/arithmetic.js";
import { everyPool, type PoolOptions } from "./every-pool.js";

everyPool("options", ({ create }) => {
  test.each<[string, unknown, typeof TypeError | typeof RangeError, string]>([
    ["maxWorkers", 0, RangeError, "an integer of at least 1, got 0"],
    ["maxWorkers", -1, RangeError, "an integer of at least 1, got -1"],
    ["maxWorkers", 1.5, RangeError, "an integer of at least 1, got 1.5"],
    ["maxWorkers", Number.NaN, RangeError, "an integer of at least 1, got NaN"],
    ["maxWorkers", "2", TypeError, "an integer of at least 1, got '2'"],
    ["minWorkers", -1, RangeError, "an integer of at least 0, got -1"],
    ["minWorkers", 3, RangeError, "got 3"],
    ["idleTimeout", -1, RangeError, "milliseconds of at least 0, got -1"],
    ["idleTimeout", Number.NaN, RangeError, "got NaN"],
    ["idleTimeout", "1s", TypeError, "got '1s'"],
    ["initializer", 5, TypeError, "a function, got 5"],
    ["initializer", {}, TypeError, "a function, got {}"],
    ["initArgs", "ab", TypeError, "an array"],
    ["finalizer", "exit", TypeError, "a function, got 'exit'"],
    ["maxTasksPerWorker", 0, RangeError, "an integer of at least 1, got 0"],
    ["tasksPerWorker", 0, RangeError, "an integer of at least 1, got 0"],
    ["tasksPerWorker", 2.5, RangeError, "an integer of at least 1, got 2.5"],
    ["onWorkerCrash", "ignore", RangeError, '"replace", "break", got \'ignore\''],
    ["maxMemoryPerWorker", 0, RangeError, "an integer of at least 1, got 0"],
    ["maxQueue", -1, RangeError, "an integer of at least 0, got -1"],
    ["abortGrace", -5, RangeError, "milliseconds of at least 0, got -5"],
    ["stdout", 5, TypeError, "got 5"],
    ["stderr", "loud", TypeError, "got loud"],
    ["env", 5, TypeError, "5"],
    ["argv", "x", TypeError, "x"],
    ["execArgv", "x", TypeError, "x"],
  ])("%s: %p is refused by the constructor", (option, value, Class, expected) => {
    const make = () => create({ [option]: value } as PoolOptions);
    expect(make).toThrow(Class);
    expect(make).toThrow(`\`${option}\``);
    expect(make).toThrow(expected);
  });

  test("options that are no object are refused", () => {
    expect(() => new (create().constructor as new (options: unknown) => unknown)(null)).toThrow(TypeError);
  });

  test.each<[string, unknown, typeof TypeError | typeof RangeError]>([
    ["signal", {}, TypeError],
    ["timeout", -1, RangeError],
    ["timeout", Number.NaN, RangeError],
    ["timeout", "1s", TypeError],
    ["queueTimeout", -1, RangeError],
    ["priority", Number.NaN, RangeError],
    ["priority", "high", TypeError],
    ["key", 5, TypeError],
    ["transfer", {}, TypeError],
    ["retries", -1, RangeError],
    ["retries", 1.5, RangeError],
    ["name", 5, TypeError],
  ])("with({ %s: %p }) is refused at once", (option, value, Class) => {
    const pool = create();
    expect(() => pool.with({ [option]: value })).toThrow(Class);
    expect(() => pool.with({ [option]: value })).toThrow(`\`${option}\``);
    expect(pool.stats().workers).toBe(0);
  });

  test.each<[string, unknown, typeof TypeError | typeof RangeError]>([
    ["chunkSize", 0, RangeError],
    ["chunkSize", 1.5, RangeError],
    ["chunkSize", "large", TypeError],
    ["bufferSize", 2.5, RangeError],
    ["bufferSize", 0, RangeError],
    ["timeout", -1, RangeError],
    ["timeout", "soon", TypeError],
    ["signal", "stop", TypeError],
  ])("map with { %s: %p } is refused by the call itself", (option, value, Class) => {
    const pool = create();
    expect(() => pool.map(square, [1], { [option]: value })).toThrow(Class);
    expect(() => pool.starmap(add, [[1, 2]], { [option]: value })).toThrow(`\`${option}\``);
  });

  test("Infinity means no limit", async () => {
    const none = Number.POSITIVE_INFINITY;
    const pool = create({
      maxWorkers: 1,
      idleTimeout: none,
      maxTasksPerWorker: none,
      maxMemoryPerWorker: none,
      maxQueue: none,
      abortGrace: none,
    });
    expect(await pool.with({ timeout: none, queueTimeout: none }).submit(add, 1, 2)).toBe(3);
    expect(await pool.map(square, [1, 2], { timeout: none })).toEqual([1, 4]);
  });

  test("a time limit beyond 2^31 ms does not overflow into 1 ms", async () => {
    const pool = create({ maxWorkers: 1, idleTimeout: 2 ** 40, abortGrace: 2 ** 40 });
    expect(await pool.with({ timeout: 2 ** 40, queueTimeout: 2 ** 40 }).submit(add, 1, 2)).toBe(3);
    expect(pool.stats().workers).toBe(1);
  });

  test("maxWorkers is the machine's parallelism by default", async () => {
    const pool = create({ maxWorkers: undefined as never });
    await pool.ready();
    expect(pool.stats().workers).toBe(availableParallelism());
  });
});
