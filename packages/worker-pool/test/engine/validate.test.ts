import { task } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { resolveOptions } from "../../dist/options.js";
import { requireCount, requireDuration, requireOneOf, requireTask } from "../../dist/validate.js";

describe("requireCount", () => {
  test.each([
    [undefined, undefined],
    [1, 1],
    [1e6, 1e6],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])("takes %p", (value, expected) => {
    expect(requireCount("maxQueue", value, 1)).toBe(expected);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.NEGATIVE_INFINITY])("refuses the number %p", (value) => {
    expect(() => requireCount("maxQueue", value, 1)).toThrow(
      new RangeError(`Expected \`maxQueue\` to be an integer of at least 1, got ${value}`),
    );
  });

  test.each([
    ["2", "'2'"],
    [null, "null"],
    [2n, "2n"],
    [{}, "{}"],
    [true, "true"],
  ])("refuses %p", (value, shown) => {
    expect(() => requireCount("maxQueue", value, 1)).toThrow(
      new TypeError(`Expected \`maxQueue\` to be an integer of at least 1, got ${shown}`),
    );
  });

  test("there is no pool of infinitely many workers", () => {
    expect(() => requireCount("maxWorkers", Number.POSITIVE_INFINITY, 1)).toThrow(RangeError);
  });
});

describe("requireDuration", () => {
  test.each([undefined, 0, 0.5, 2 ** 40, Number.POSITIVE_INFINITY])("takes %p", (value) => {
    expect(requireDuration("idleTimeout", value)).toBe(value);
  });

  test.each([-1, -0.001, Number.NaN, Number.NEGATIVE_INFINITY])("refuses the number %p", (value) => {
    expect(() => requireDuration("idleTimeout", value)).toThrow(
      new RangeError(`Expected \`idleTimeout\` to be a number of milliseconds of at least 0, got ${value}`),
    );
  });

  test.each(["10", null, {}, 10n])("refuses %p", (value) => {
    expect(() => requireDuration("idleTimeout", value)).toThrow(TypeError);
  });
});

describe("requireOneOf and requireTask", () => {
  test("the words that are allowed are named, and the value", () => {
    expect(requireOneOf("onWorkerCrash", "break", ["replace", "break"])).toBe("break");
    expect(requireOneOf("onWorkerCrash", undefined, ["replace", "break"])).toBeUndefined();
    expect(() => requireOneOf("onWorkerCrash", "explode", ["replace", "break"])).toThrow(
      new RangeError('Expected `onWorkerCrash` to be one of "replace", "break", got \'explode\''),
    );
  });

  test("a task is a function or a reference", () => {
    const reference = task("file:///tasks.js", "work", () => 1);
    expect(requireTask("initializer", reference)).toBe(reference);
    expect(requireTask("initializer", Math.max as () => number)).toBe(Math.max);
    expect(requireTask("initializer", undefined)).toBeUndefined();
    for (const wrong of [null, 5, "work", {}, []]) {
      expect(() => requireTask("initializer", wrong as never)).toThrow(
        /^Expected `initializer` to be a function, got /,
      );
      expect(() => requireTask("initializer", wrong as never)).toThrow(TypeError);
    }
  });
});

describe("resolveOptions", () => {
  test("the defaults", () => {
    const settings = resolveOptions({});
    expect(settings.maxWorkers).toBeGreaterThanOrEqual(1);
    expect(settings).toMatchObject({
      minWorkers: 0,
      idleTimeout: Number.POSITIVE_INFINITY,
      maxTasksPerWorker: Number.POSITIVE_INFINITY,
      tasksPerWorker: 1,
      onWorkerCrash: "replace",
      maxQueue: Number.POSITIVE_INFINITY,
      abortGrace: 1000,
      initArgs: [],
    });
  });

  test.each([
    ["maxWorkers", 0],
    ["maxWorkers", 1.5],
    ["maxTasksPerWorker", 0],
    ["tasksPerWorker", -1],
    ["minWorkers", -1],
    ["maxQueue", -1],
    ["idleTimeout", -1],
    ["abortGrace", Number.NaN],
    ["maxMemoryPerWorker", 0],
    ["onWorkerCrash", "retry"],
    ["initializer", "nope"],
    ["finalizer", 1],
    ["initArgs", "abc"],
  ])("%s: %p is refused by name", (name, value) => {
    expect(() => resolveOptions({ [name]: value })).toThrow(`\`${name}\``);
  });

  test("more workers at least than at most", () => {
    expect(() => resolveOptions({ minWorkers: 3, maxWorkers: 2 })).toThrow(
      new RangeError("Expected `minWorkers` to be at most `maxWorkers` (2), got 3"),
    );
  });

  test.each([null, 5, "x"])("%p is no options object", (value) => {
    expect(() => resolveOptions(value as never)).toThrow(TypeError);
  });
});
