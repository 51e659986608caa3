/** What tasks learn and say while they run, and what callers and monitors hear. */
import { AsyncLocalStorage, createHook } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect, test } from "@jest/globals";
import { type Future, taskContext } from "concurrent-futures";
import { add, addLater } from "../fixtures/arithmetic.js";
import { reportAndThrow, reportAround, reportFunction, reportSteps, seeContext } from "../fixtures/contexts.js";
import { exit, failPayment } from "../fixtures/failures.js";
import { hold } from "../fixtures/holding.js";
import { processId } from "../fixtures/places.js";
import { everyPool, failureOf } from "./every-pool.js";
import { Signs, until } from "./signs.js";

const signs = new Signs();

/** Collects what a diagnostics channel says while `run` runs. */
async function listening<T>(channels: readonly string[], run: () => Promise<T>): Promise<Message[]> {
  const heard: Message[] = [];
  const listener = (message: unknown, channel: string | symbol) => {
    heard.push({ channel: String(channel).replace("concurrent-futures:", ""), ...(message as object) });
  };
  for (const channel of channels) subscribe(`concurrent-futures:${channel}`, listener);
  try {
    await run();
  } finally {
    for (const channel of channels) unsubscribe(`concurrent-futures:${channel}`, listener);
  }
  return heard;
}

interface Message {
  readonly channel: string;
  readonly future?: unknown;
  readonly name?: string;
  readonly kind?: string;
  readonly workerId?: number;
  readonly id?: number;
  readonly exitCode?: number;
  readonly error?: unknown;
}

everyPool("context", ({ kind, create, share }) => {
  const pool = share({ maxWorkers: 1 });

  test("taskContext() gives name, worker and a signal, after awaits too", async () => {
    expect(await pool().submit(seeContext)).toEqual({ name: "seeContext", workerId: 1, aborted: false });
    expect(await pool().with({ name: "a look around" }).submit(seeContext)).toMatchObject({ name: "a look around" });
  });

  test("workers are numbered 1, 2, 3, ..., and no number is used twice", async () => {
    const own = create({ maxWorkers: 1 });
    expect(await own.submit(seeContext)).toMatchObject({ workerId: 1 });
    await failureOf(() => own.submit(exit, 1));
    expect(await own.submit(seeContext)).toMatchObject({ workerId: 2 });
  });

  test("outside of a task there is a context too: nothing aborts, progress goes nowhere", async () => {
    expect(await seeContext()).toEqual({ name: "", workerId: 0, aborted: false });
    expect(taskContext().progress("to nobody")).toBeUndefined();
  });

  test("once it is done, a future is no open handle to those who look for them, as Jest does", async () => {
    const seen: { hasRef?(): boolean }[] = [];
    const hook = createHook({
      init: (_id, type, _trigger, resource) => {
        if (type === "ConcurrentFuture") seen.push(resource);
      },
    });
    hook.enable();
    const future = pool().submit(add, 1, 2);
    hook.disable();
    await future;
    expect(seen.map((resource) => resource.hasRef?.())).toEqual([false]);
  });

  test("progress arrives in order and before the result", async () => {
    const heard: unknown[] = [];
    const future = pool().submit(reportSteps, 50);
    future.addProgressCallback((progress) => heard.push(progress));
    future.addDoneCallback(() => heard.push("done"));
    expect(await future).toBe("returned");
    expect(heard).toEqual([...Array.from({ length: 50 }, (_, n) => ({ step: n + 1, of: 50 })), "done"]);
  });

  test("progress arrives while the task still runs", async () => {
    const go = signs.fresh("go");
    const heard: unknown[] = [];
    const future = pool().submit(reportAround, go);
    future.addProgressCallback((progress) => heard.push(progress));
    await until(() => heard.length === 1, "the first report");
    expect(future.done()).toBe(false);
    signs.raise(go);
    await future;
    expect(heard).toEqual(["before", "after"]);
  });

  test("progress arrives before an error, too", async () => {
    const heard: unknown[] = [];
    const future = pool().submit(reportAndThrow);
    future.addProgressCallback((progress) => heard.push(progress));
    expect(await future.exception()).toMatchObject({ message: "no further" });
    expect(heard).toEqual(["so far"]);
  });

  test("progress that cannot be sent is the task's own error", async () => {
    expect(await failureOf(() => pool().submit(reportFunction))).toMatchObject({
      code: "ERR_SERIALIZATION",
      side: "result",
    });
  });

  test("callbacks run in the async context of their submit", async () => {
    const store = new AsyncLocalStorage<string>();
    const seen: string[] = [];
    const go = signs.fresh("go");
    const future = store.run("the submit's", () => pool().submit(reportAround, go));
    store.run("another", () => {
      future.addProgressCallback((progress) => seen.push(`${progress}: ${store.getStore()}`));
      future.addDoneCallback(() => seen.push(`done: ${store.getStore()}`));
    });
    signs.raise(go);
    await future;
    future.addDoneCallback(() => seen.push(`late: ${store.getStore()}`));
    expect(seen.at(-1)).toBe("late: the submit's");
    expect(new Set(seen.map((line) => line.split(": ")[1]))).toEqual(new Set(["the submit's"]));
    expect(seen.filter((line) => line.startsWith("done"))).toHaveLength(1);
  });

  test("awaiting a future keeps the async context of the await", async () => {
    const store = new AsyncLocalStorage<string>();
    const future = store.run("submit", () => pool().submit(addLater, 1, 2));
    await store.run("await", async () => {
      await future;
      expect(store.getStore()).toBe("await");
    });
  });

  test("diagnostics channels tell of each task's submit, start and end", async () => {
    let futures: Future<unknown>[] = [];
    const heard = await listening(["task:submit", "task:start", "task:end"], async () => {
      futures = [pool().with({ name: "a sum" }).submit(add, 1, 2), pool().submit(failPayment, 1)];
      await Promise.allSettled(futures);
    });
    const [sum, failed] = futures.map((future) => heard.filter((message) => message.future === future));
    expect(sum?.map(({ channel, name }) => [channel, name])).toEqual([
      ["task:submit", "a sum"],
      ["task:start", "a sum"],
      ["task:end", "a sum"],
    ]);
    expect(sum?.[1]).toMatchObject({ workerId: 1 });
    expect("error" in (sum?.[2] ?? {})).toBe(false);
    expect(failed?.map(({ channel }) => channel)).toEqual(["task:submit", "task:start", "task:end"]);
    expect(failed?.[2]).toMatchObject({ name: "failPayment", error: { code: "E_PAYMENT" } });
  });

  test("diagnostics channels tell of each worker's start and exit", async () => {
    let pid = 0;
    let leftIn = 0;
    const heard = await listening(["worker:start", "worker:exit"], async () => {
      const own = create({ maxWorkers: 1 });
      pid = await own.submit(processId);
      await failureOf(() => own.submit(exit, 3));
      await own.submit(add, 1, 2);
      const since = performance.now();
      await own.shutdown();
      leftIn = performance.now() - since;
    });
    const seen = heard.map(({ channel, kind, workerId, exitCode }) => [channel, kind, workerId, exitCode]);
    expect(seen.slice(0, 2)).toEqual([
      ["worker:start", kind, 1, undefined],
      ["worker:exit", kind, 1, 3],
    ]);
    expect(seen.slice(2)).toEqual([
      ["worker:start", kind, 2, undefined],
      ["worker:exit", kind, 2, leftIn < 1000 ? 0 : seen[3]?.[3]], // one that takes longer to exit is killed
    ]);
    if (kind === "process") expect(heard[0]?.id).toBe(pid);
  });

  test("stats() counts what the pool has, does and did", async () => {
    const own = create({ maxWorkers: 1 });
    const empty = { count: 0, mean: 0, p50: 0, p99: 0, max: 0 };
    expect(own.stats()).toEqual({
      workers: 0,
      idle: 0,
      queued: 0,
      running: 0,
      completed: 0,
      failed: 0,
      cancelled: 0,
      crashed: 0,
      waitTime: empty,
      runTime: empty,
    });
    const [started, go] = [signs.fresh("started"), signs.fresh("go")];
    const running = own.submit(hold, started, go);
    const waiting = [own.submit(add, 1, 2), own.submit(failPayment, 1), own.submit(add, 3, 4)];
    await signs.until(started);
    expect(own.stats()).toMatchObject({ workers: 1, idle: 0, running: 1, queued: 3 });
    waiting[2]?.cancel();
    const since = performance.now();
    await until(() => performance.now() - since >= 100, "it has run for a while"); // a timer may come early
    signs.raise(go);
    await Promise.allSettled([running, ...waiting]);
    const { waitTime, runTime, ...counts } = own.stats();
    expect(counts).toEqual({
      workers: 1,
      idle: 1,
      queued: 0,
      running: 0,
      completed: 2,
      failed: 1,
      cancelled: 1,
      crashed: 0,
    });
    for (const times of [waitTime, runTime]) {
      expect(times.count).toBe(3);
      expect(times.p50).toBeLessThanOrEqual(times.p99);
      expect(times.p99).toBeLessThanOrEqual(times.max);
      expect(times.mean).toBeLessThanOrEqual(times.max);
    }
    expect(runTime.max).toBeGreaterThanOrEqual(100);
    expect(waitTime.max).toBeGreaterThanOrEqual(50); // told by two clocks, the worker's and the pool's
  });
});
