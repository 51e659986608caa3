/** Mistakes that somebody who comes from Python makes first. */
import { asCompleted, EventLoopExecutor, Future, runInExecutor, wait } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";

describe("options given by position, as in Python, are refused at the call", () => {
  const future = new Future<number>();
  const executor = new EventLoopExecutor();
  test.each<[string, (options: never) => unknown]>([
    ["result", (options) => future.result(options)],
    ["exception", (options) => future.exception(options)],
    ["wait", (options) => wait([future], options)],
    ["asCompleted", (options) => asCompleted([future], options)],
    ["map", (options) => executor.map(String, [1], options)],
    ["new EventLoopExecutor", (options) => new EventLoopExecutor(options)],
    ["with", (options) => executor.with(options)],
  ])("%s", (_, call) => {
    expect(() => call(5 as never)).toThrow(new TypeError("Expected `options` to be an object, got 5"));
    expect(() => call(null as never)).toThrow(new TypeError("Expected `options` to be an object, got null"));
  });
});

test("runInExecutor says what it expects as an executor", async () => {
  await expect(runInExecutor(5 as never, Number)).rejects.toThrow(
    new TypeError("Expected `executor` to be an executor or null, got 5"),
  );
});
