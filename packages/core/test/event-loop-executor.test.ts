import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import {
  asCompleted,
  DeadlockError,
  EventLoopExecutor,
  ExecutorShutdownError,
  type Future,
  importTasks,
  TimeoutError,
  taskContext,
  wait,
} from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";

/** A task that runs until it is told to end. */
function gate<T>(): { task: () => Promise<T>; open: (value: T) => void; started: Promise<void> } {
  let open!: (value: T) => void;
  let start!: () => void;
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  const task = () => {
    start();
    return opened;
  };
  return { task, open, started };
}

describe("running", () => {
  test("sync and async functions and references, with their results and errors", async () => {
    await using executor = new EventLoopExecutor();
    expect(await executor.submit((a: number, b: number) => a + b, 1, 2)).toBe(3);
    expect(await executor.submit(async (a: string) => a, "x")).toBe("x");
    const tasks = importTasks<typeof import("./fixtures/tasks.js")>(new URL("./fixtures/tasks.js", import.meta.url));
    expect(await executor.submit(tasks.add, 1, 2)).toBe(3);
    expect(await executor.map((x: number) => tasks.add.load().then((add) => add(x, 1)), [1, 2])).toEqual([2, 3]);
    for (const error of [new Error("x"), undefined, 0, null]) {
      const failing = executor.submit(() => {
        throw error;
      });
      await expect(failing).rejects.toBe(error);
    }
  });

  test("at most maxWorkers at once", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 3 });
    let now = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++now);
      await sleep(1);
      now--;
    };
    await Promise.all(Array.from({ length: 20 }, () => executor.submit(task)));
    expect(most).toBe(3);
  });

  test("in order of priority, then of submission", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const { task, open, started } = gate<void>();
    const first = executor.submit(task);
    await started;
    const order: number[] = [];
    const calls = [0, 5, -1, 5, 0].map((priority, index) =>
      executor.with({ priority }).submit(() => void order.push(index)),
    );
    open();
    await Promise.all([first, ...calls]);
    expect(order).toEqual([1, 3, 0, 4, 2]);
  });

  test("in the async context of the submit", async () => {
    const store = new AsyncLocalStorage<number>();
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const calls = [1, 2, 3].map((n) =>
      store.run(n, () => executor.submit(async () => [store.getStore(), await 0, store.getStore()])),
    );
    expect(await Promise.all(calls)).toEqual([1, 2, 3].map((n) => [n, 0, n]));
  });

  test("a cancelled call never runs", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const { task, open } = gate<void>();
    executor.submit(task);
    let ran = false;
    const second = executor.submit(() => {
      ran = true;
    });
    expect(second.cancel()).toBe(true);
    open();
    await executor.shutdown();
    expect(ran).toBe(false);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("maxWorkers %p is a RangeError", (maxWorkers) => {
    expect(() => new EventLoopExecutor({ maxWorkers })).toThrow(RangeError);
    expect(() => new EventLoopExecutor({ maxWorkers })).toThrow(/`maxWorkers` to be an integer of at least 1, got /);
  });

  test("maxWorkers of another type is a TypeError", () => {
    expect(() => new EventLoopExecutor({ maxWorkers: "2" as never })).toThrow(TypeError);
  });
});

describe("taskContext", () => {
  test("tells a task its name, worker and signal, and carries its progress", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 2 });
    async function report() {
      await sleep(1);
      const { name, workerId, signal, progress } = taskContext();
      progress("half");
      return [name, workerId, signal.aborted];
    }
    const future = executor.submit(report);
    const seen: unknown[] = [];
    future.addProgressCallback((value) => seen.push(value));
    expect(await future).toEqual(["report", 1, false]);
    expect(seen).toEqual(["half"]);
    expect((await executor.with({ name: "mine" }).submit(report))[0]).toBe("mine");
  });

  test("outside of a task it never aborts, and takes progress without effect", () => {
    const { name, workerId, signal, progress } = taskContext();
    expect([name, workerId, signal.aborted, progress(1)]).toEqual(["", 0, false, undefined]);
  });
});

describe("abort", () => {
  test("rejects at once, aborts the task's signal, and keeps the place until the task ends", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const { task, open, started } = gate<void>();
    let signal: AbortSignal | undefined;
    const future = executor.submit(async () => {
      signal = taskContext().signal;
      await task();
    });
    const next = executor.submit(() => "next");
    await started;
    expect(future.abort("stop")).toBe(true);
    expect(signal?.reason).toBe("stop");
    await expect(future).rejects.toBe("stop");
    await sleep(5);
    expect(next.done()).toBe(false);
    open();
    expect(await next).toBe("next");
  });

  test("the timeout option does the same", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const task = () =>
      new Promise((resolve) => taskContext().signal.addEventListener("abort", () => resolve("too late")));
    await expect(executor.with({ timeout: 5 }).submit(task)).rejects.toThrow(TimeoutError);
    await expect(executor.with({ queueTimeout: 5 }).submit(() => 1)).resolves.toBe(1);
  });
});

describe("shutdown", () => {
  test("waits for what was submitted, may be called again, and refuses more", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const { task, open } = gate<number>();
    const futures = [executor.submit(task), executor.submit(() => 2)];
    await executor.shutdown({ wait: false });
    expect(() => executor.submit(() => 1)).toThrow(ExecutorShutdownError);
    const ends = [executor.shutdown(), executor.shutdown()];
    open(1);
    await Promise.all(ends);
    expect(futures.map((future) => future.done())).toEqual([true, true]);
    await executor.shutdown();
  });

  test("cancelFutures leaves no future pending", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const { task, open, started } = gate<number>();
    const running = executor.submit(task);
    const waiting = Array.from({ length: 10 }, () => executor.submit(() => 1));
    await started;
    const end = executor.shutdown({ cancelFutures: true });
    expect(waiting.every((future) => future.cancelled())).toBe(true);
    open(1);
    await end;
    expect(await running).toBe(1);
  });

  test("does not wait for a task that was aborted", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const future = executor.submit(() => new Promise(() => {}));
    await sleep(1);
    future.abort();
    await executor.shutdown();
  });
});

describe("a task that waits for its own full executor", () => {
  const ways: [string, (inner: Future<number>, executor: EventLoopExecutor) => unknown][] = [
    ["await", async (inner) => await inner],
    ["result()", (inner) => inner.result()],
    ["exception()", (inner) => inner.exception()],
    ["Promise.all", (inner) => Promise.all([inner])],
    ["returning it", (inner) => inner],
    ["wait()", (inner) => wait([inner])],
    ["asCompleted()", (inner) => asCompleted([inner]).next()],
    ["map()", (_, executor) => executor.map((x: number) => x, [1])],
  ];
  test.each(ways)("by %s is refused with an error that explains", async (_, way) => {
    const executor = new EventLoopExecutor({ maxWorkers: 2 });
    async function outer() {
      return way(
        executor.submit(() => 1),
        executor,
      );
    }
    const outcomes = await Promise.allSettled([executor.submit(outer), executor.submit(outer)]);
    // One refusal is enough: its place lets the other's inner call run.
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const { reason } = outcomes.find(({ status }) => status === "rejected") as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(DeadlockError);
    expect(reason).toMatchObject({
      code: "ERR_DEADLOCK",
      message: expect.stringMatching(/outer waits .* its 2 places/),
    });
    await executor.shutdown();
  });

  test("a wait with a limit is left alone, and so is one that another place will end", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const limited = executor.submit(() => executor.submit(() => 1).result({ timeout: 10 }));
    await expect(limited).rejects.toThrow(TimeoutError);
    const wide = new EventLoopExecutor({ maxWorkers: 2 });
    expect(await wide.submit(async () => (await wide.submit(async () => sleep(5, 1))) + 1)).toBe(2);
  });

  test("nor does it matter who else waits, or for what", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const { task, open } = gate<number>();
    const [running, queued] = [executor.submit(task), executor.submit(() => 2)];
    const both = Promise.all([running, queued]);
    await sleep(5);
    open(1);
    expect(await both).toEqual([1, 2]);
    const other = new EventLoopExecutor();
    expect(await executor.submit(async () => await other.submit(() => sleep(5, 3)))).toBe(3);
  });

  test("submitting without waiting is fine", async () => {
    const executor = new EventLoopExecutor({ maxWorkers: 1 });
    const inner: Future<number>[] = [];
    const outer = executor.submit(async () => {
      inner.push(executor.submit(() => 1));
      await sleep(5);
    });
    await outer;
    expect(await inner[0]).toBe(1);
  });
});
