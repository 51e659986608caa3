import { EventLoopExecutor, runInExecutor, setDefaultExecutor } from "@concurrent-futures/core";
import { afterEach, expect, jest, test } from "@jest/globals";
import { ManualExecutor } from "./manual-executor.js";

const add = (a: number, b: number) => a + b;

afterEach(() => setDefaultExecutor(null));

test("runs a function on the executor given", async () => {
  expect(await runInExecutor(new EventLoopExecutor(), add, 1, 2)).toBe(3);
});

test("without one and without a default, rejects with an error that says how to set it", async () => {
  await expect(runInExecutor(null, add, 1, 2)).rejects.toMatchObject({
    code: "ERR_NO_DEFAULT_EXECUTOR",
    message: expect.stringContaining("setDefaultExecutor("),
  });
});

test("uses the default executor, made when first needed if a function was set", async () => {
  setDefaultExecutor(new EventLoopExecutor());
  expect(await runInExecutor(null, add, 1, 2)).toBe(3);
  const make = jest.fn(() => new EventLoopExecutor());
  setDefaultExecutor(make);
  expect(make).not.toHaveBeenCalled();
  expect(await runInExecutor(undefined, add, 1, 2)).toBe(3);
  expect(await runInExecutor(null, add, 3, 2)).toBe(5);
  expect(make).toHaveBeenCalledTimes(1);
});

test("what submit throws rejects", async () => {
  const executor = new ManualExecutor();
  await executor.shutdown();
  await expect(runInExecutor(executor, add, 1, 2)).rejects.toMatchObject({ code: "ERR_EXECUTOR_SHUTDOWN" });
  await expect(runInExecutor(executor, 5 as never)).rejects.toThrow(TypeError);
});

test("only an executor can be the default", async () => {
  expect(() => setDefaultExecutor({} as never)).toThrow(TypeError);
  setDefaultExecutor(() => 5 as never);
  await expect(runInExecutor(null, add, 1, 2)).rejects.toThrow(TypeError);
});
