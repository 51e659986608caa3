import {
  BaseExecutor,
  type Call,
  CancelledError,
  ExecutorShutdownError,
  Future,
  importTasks,
  inline,
  partial,
  TimeoutError,
  task,
  taskShape,
} from "@concurrent-futures/core";
import { describe, expect, jest, test } from "@jest/globals";
import { type Job, ManualExecutor } from "./manual-executor.js";

const add = (a: number, b: number, c = 0) => a + b + c;
const last = (executor: ManualExecutor) => executor.jobs.at(-1) as Job;

describe("submit", () => {
  test("schedules the call and gives its future", async () => {
    const executor = new ManualExecutor();
    const future = executor.submit(add, 1, 2);
    expect(last(executor).call).toEqual({ task: add, args: [1, 2], options: {}, fromMap: false });
    expect(future).toBe(last(executor).future);
    await last(executor).run();
    expect(await future).toBe(3);
  });

  test("takes partials apart, also of partials and of references", async () => {
    const executor = new ManualExecutor();
    executor.auto = true;
    expect(await executor.submit(partial(partial(add, 1), 2), 3)).toBe(6);
    expect(last(executor).call).toEqual({ task: add, args: [1, 2, 3], options: {}, fromMap: false });
    const tasks = importTasks<typeof import("./fixtures/tasks.js")>(new URL("./fixtures/tasks.js", import.meta.url));
    expect(await executor.submit(partial(tasks.add, 4), 5)).toBe(9);
    expect(last(executor).call.task).toBe(tasks.add);
  });

  test.each([undefined, null, 5, "f", {}, { load: () => add }, []])("%p is no task: TypeError at once", (value) => {
    const executor = new ManualExecutor();
    expect(() => executor.submit(value as never)).toThrow(TypeError);
    expect(() => executor.map(value as never, [])).toThrow(TypeError);
    expect(executor.jobs).toEqual([]);
  });

  test("lets what schedule throws through", async () => {
    const executor = new ManualExecutor();
    await executor.shutdown();
    expect(() => executor.submit(add, 1, 2)).toThrow(ExecutorShutdownError);
  });
});

describe("with", () => {
  test("binds options to every call, the first one's object not being kept", () => {
    const executor = new ManualExecutor();
    const options = { priority: 2, key: "k", name: undefined };
    const bound = executor.with(options as { priority: number; key: string });
    options.priority = 3;
    bound.submit(add, 1, 2);
    expect(last(executor).call.options).toEqual({ priority: 2, key: "k" });
    bound.map((x: number) => x, [1]);
    expect(last(executor).call.options.key).toBe("k");
    bound.starmap(add, [[1, 2]]);
    expect(last(executor).call).toMatchObject({ args: [1, 2], options: { key: "k" } });
    executor.submit(add, 1, 2);
    expect(last(executor).call.options).toEqual({});
  });

  test.each([
    ["signal", {}, TypeError],
    ["timeout", -1, RangeError],
    ["timeout", "1", TypeError],
    ["queueTimeout", Number.NaN, RangeError],
    ["priority", Number.POSITIVE_INFINITY, RangeError],
    ["priority", "high", TypeError],
    ["key", 5, TypeError],
    ["name", 5, TypeError],
    ["retries", -1, RangeError],
    ["retries", 1.5, RangeError],
    ["retries", "1", TypeError],
    ["transfer", {}, TypeError],
  ])("%s: %p is refused at once", (name, value, type) => {
    expect(() => new ManualExecutor().with({ [name]: value })).toThrow(type);
    expect(() => new ManualExecutor().with({ [name]: value })).toThrow(
      new RegExp(`Expected \`${name}\` to be .* got `),
    );
  });

  test("options must be an object", () => {
    expect(() => new ManualExecutor().with(undefined as never)).toThrow(TypeError);
  });
});

describe("the signal option", () => {
  test("aborted before: the call is not scheduled, its future rejects with the reason", async () => {
    const executor = new ManualExecutor();
    const future = executor.with({ signal: AbortSignal.abort("before") }).submit(add, 1, 2);
    expect(executor.jobs).toEqual([]);
    expect(future.cancelled()).toBe(true);
    await expect(future).rejects.toBe("before");
  });

  test("aborted later: pending and running calls reject at once, and the executor is told", async () => {
    const executor = new ManualExecutor();
    const controller = new AbortController();
    const bound = executor.with({ signal: controller.signal });
    const futures = [bound.submit(add, 1, 2), bound.submit(add, 1, 2), bound.submit(add, 1, 2)] as const;
    executor.jobs[1]?.start();
    await executor.jobs[2]?.run();
    controller.abort("later");
    expect(futures.map((future) => future.cancelled())).toEqual([true, true, false]);
    expect(executor.jobs.map(({ aborts }) => aborts)).toEqual([["later"], ["later"], []]);
    await expect(futures[0]).rejects.toBe("later");
    expect(await futures[2]).toBe(3);
  });

  test("10,000 calls on one signal take one listener, which goes with the last of them", async () => {
    const executor = new ManualExecutor();
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, "addEventListener");
    const remove = jest.spyOn(signal, "removeEventListener");
    const bound = executor.with({ signal });
    for (let i = 0; i < 10_000; i++) bound.submit(Math.abs, i);
    await Promise.all(executor.jobs.slice(1).map((job) => job.run()));
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove).toHaveBeenCalledTimes(0);
    await executor.jobs[0]?.run();
    expect(remove).toHaveBeenCalledTimes(1);
    expect(remove.mock.calls[0]?.[1]).toBe(add.mock.calls[0]?.[1]);
  });
});

describe("the timeout options", () => {
  test("timeout counts from the start of the task, and aborts it with TimeoutError", async () => {
    jest.useFakeTimers();
    try {
      const executor = new ManualExecutor();
      const future = executor.with({ timeout: 100 }).submit(add, 1, 2);
      jest.advanceTimersByTime(1000);
      expect(future.done()).toBe(false);
      last(executor).start();
      jest.advanceTimersByTime(99);
      expect(future.done()).toBe(false);
      jest.advanceTimersByTime(1);
      expect(future.cancelled()).toBe(true);
      await expect(future).rejects.toThrow(TimeoutError);
      await expect(future).rejects.toThrow(/`timeout` of 100 ms/);
      expect(last(executor).aborts).toHaveLength(1);
    } finally {
      jest.useRealTimers();
    }
  });

  test("queueTimeout ends a call that has not started, and leaves one that has", async () => {
    jest.useFakeTimers();
    try {
      const executor = new ManualExecutor();
      const bound = executor.with({ queueTimeout: 50 });
      const [waiting, started] = [bound.submit(add, 1, 2), bound.submit(add, 1, 2)];
      executor.jobs[1]?.start();
      jest.advanceTimersByTime(50);
      await expect(waiting).rejects.toThrow(/`queueTimeout` of 50 ms/);
      expect(waiting.cancelled()).toBe(true);
      expect(started.running()).toBe(true);
      executor.jobs[1]?.future.setResult(3);
      expect(await started).toBe(3);
    } finally {
      jest.useRealTimers();
    }
  });

  test("a call that cannot be taken back any more has started, so queueTimeout leaves it", () => {
    jest.useFakeTimers();
    try {
      class Started extends BaseExecutor {
        protected override schedule(_: Call): Future<unknown> {
          return new Future({ cancel: () => false, refresh: () => {}, abort: () => {} });
        }
        override async shutdown(): Promise<void> {}
      }
      const future = new Started().with({ queueTimeout: 50 }).submit(add, 1, 2);
      jest.advanceTimersByTime(50);
      expect(future.running()).toBe(true);
    } finally {
      jest.useRealTimers();
    }
  });

  test("their timers are cleared when the call ends", async () => {
    jest.useFakeTimers();
    try {
      const executor = new ManualExecutor();
      executor.with({ queueTimeout: 1000, timeout: 1000 }).submit(add, 1, 2);
      last(executor).start();
      expect(jest.getTimerCount()).toBe(2);
      last(executor).future.setResult(3);
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});

test("Symbol.asyncDispose shuts down", async () => {
  const executor = new ManualExecutor();
  await executor[Symbol.asyncDispose]();
  expect(executor.shutdowns).toEqual([undefined]);
});

describe("kinds of tasks", () => {
  test("partial binds leading arguments, can be called, and says what it is made of", async () => {
    const addOne = partial(add, 1);
    expect(addOne(2)).toBe(3);
    expect(addOne.name).toBe("partial add");
    expect(addOne[taskShape]).toEqual({ kind: "partial", task: add, args: [1] });
    const tasks = importTasks<typeof import("./fixtures/tasks.js")>(new URL("./fixtures/tasks.js", import.meta.url));
    expect(await partial(tasks.add, 1)(2)).toBe(3);
    expect(() => partial(5 as never)).toThrow(TypeError);
  });

  test("task says where a function is found, and is that function", () => {
    const square = task(import.meta.url, "square", (x: number) => x * x);
    expect(square(3)).toBe(9);
    expect(square.name).toBe("square");
    expect(square[taskShape]).toEqual({ kind: "module", url: import.meta.url, name: "square" });
    expect(() => task("./relative.js", "x", add)).toThrow(/absolute URL/);
    expect(() => task(import.meta.url, "", add)).toThrow(/`name`/);
    expect(() => task(import.meta.url, "x", 5 as never)).toThrow(/`fn`/);
  });

  test("inline takes values along under the names of variables", () => {
    const offset = 5;
    const addOffset = inline((x: number) => x + offset, { captures: { offset } });
    expect(addOffset(1)).toBe(6);
    expect(addOffset[taskShape]).toMatchObject({ kind: "inline", captures: { offset: 5 } });
    expect(inline(add)[taskShape]).toMatchObject({ kind: "inline", fn: add, captures: {} });
    expect(() => inline(add, { captures: { "not a name": 1 } })).toThrow(/"not a name"/);
    expect(() => inline(add, { captures: [1] as never })).toThrow(TypeError);
    expect(() => inline(add, { captures: 5 as never })).toThrow(TypeError);
    expect(() => inline("add" as never)).toThrow(TypeError);
  });

  test("importTasks gives references that load what the module exports", async () => {
    type Tasks = typeof import("./fixtures/tasks.js");
    const url = new URL("./fixtures/tasks.js", import.meta.url);
    const tasks = importTasks<Tasks>(url);
    expect((await tasks.add.load())(1, 2)).toBe(3);
    expect((await tasks.default.load())()).toBe("default");
    expect(tasks.add).toBe(tasks.add);
    expect(tasks.add[taskShape]).toEqual({ kind: "module", url: url.href, name: "add" });
    const unknown = tasks as unknown as { [name in "missing" | "notAFunction" | "Geometry.area"]: typeof tasks.add };
    await expect(unknown.missing.load()).rejects.toMatchObject({
      code: "ERR_TASK_REFERENCE",
      message: expect.stringMatching(/tasks\.js has no export "missing"; it exports .*add/),
    });
    await expect(unknown.notAFunction.load()).rejects.toThrow(/"notAFunction" of .*tasks\.js is not a function but 5/);
    expect((await unknown["Geometry.area"].load())(2, 3)).toBe(6);
    expect(() => importTasks("./tasks.js")).toThrow(/absolute URL.*got "\.\/tasks\.js"/);
  });

  test("the object of importTasks is no thenable, and can be looked at", async () => {
    const tasks = importTasks<typeof import("./fixtures/tasks.js")>(new URL("./fixtures/tasks.js", import.meta.url));
    expect(await tasks).toBe(tasks);
    expect((tasks as { then?: unknown }).then).toBe(undefined);
    expect(Object.keys(tasks)).toEqual([]);
    expect(() => ({ ...tasks })).not.toThrow();
  });
});

test("a cancelled call's error is a CancelledError", async () => {
  const executor = new ManualExecutor();
  const future = executor.submit(add, 1, 2);
  future.cancel();
  await expect(future).rejects.toThrow(CancelledError);
});
