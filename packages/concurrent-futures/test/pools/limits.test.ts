/** Time limits of calls, and of the queue's length. */
import { expect, jest, test } from "@jest/globals";
import { QueueFullError, TimeoutError } from "concurrent-futures";
import { add, square } from "../fixtures/arithmetic.js";
import { FOR_EVER_MS, hold, holdAsync, noteDown, spin, untilAborted } from "../fixtures/holding.js";
import { place } from "../fixtures/places.js";
import { everyPool, failureOf } from "./every-pool.js";
import { Signs, until } from "./signs.js";

const signs = new Signs();
const fresh = <const N extends readonly string[]>(...names: N) =>
  names.map((name) => signs.fresh(name)) as { [K in keyof N]: string };

/** Runs a test whose time limits pass when it says so: no pause of the machine's is long enough to be one of them. */
async function onStoppedClock(run: (pass: (ms: number) => void) => Promise<void>): Promise<void> {
  jest.useFakeTimers({
    doNotFake: ["Date", "hrtime", "nextTick", "performance", "queueMicrotask", "setImmediate", "clearImmediate"],
  });
  try {
    await run((ms) => void jest.advanceTimersByTime(ms));
  } finally {
    jest.useRealTimers();
  }
}

everyPool("limits", ({ create }) => {
  test("`timeout` stops a running task with TimeoutError, and the next one does not wait for it", async () => {
    const pool = create({ maxWorkers: 1, abortGrace: 50 });
    const future = pool.with({ timeout: 50 }).submit(spin, signs.fresh("started"), FOR_EVER_MS);
    const error = await failureOf(() => future);
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toContain("50 ms");
    expect(future.cancelled()).toBe(true);
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test("`timeout` aborts the task's signal with the TimeoutError; one that honours it spares its worker", async () => {
    const pool = create({ maxWorkers: 1, abortGrace: FOR_EVER_MS });
    const before = await pool.submit(place);
    const [started, file] = fresh("started", "notes");
    expect(await failureOf(() => pool.with({ timeout: 50 }).submit(untilAborted, started, file))).toMatchObject({
      code: "ERR_TIMEOUT",
    });
    expect(await pool.submit(place)).toBe(before);
    expect(signs.notes(file)[0]).toContain("TimeoutError");
  });

  test("`timeout` counts from the task's start: waiting for longer does no harm", async () => {
    await onStoppedClock(async (pass) => {
      const pool = create({ maxWorkers: 1 });
      const [started, go, next, never] = fresh("started", "go", "next", "never");
      const running = pool.submit(hold, started, go);
      await signs.until(started);
      const limited = pool.with({ timeout: 1000 });
      const waiting = limited.submit(add, 1, 2);
      pass(5000);
      expect(waiting.done()).toBe(false);
      signs.raise(go);
      await running;
      expect(await waiting).toBe(3);

      const late = limited.submit(holdAsync, next, never);
      await until(() => jest.getTimerCount() === 1, "its start is known");
      pass(999);
      expect(late.running()).toBe(true);
      pass(1);
      expect(await failureOf(() => late)).toBeInstanceOf(TimeoutError);
    });
  });

  test("`queueTimeout` rejects a call that waits too long, and it never runs", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, go, file] = fresh("started", "go", "notes");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    const error = await failureOf(() => pool.with({ queueTimeout: 20 }).submit(noteDown, file, "ran"));
    expect(error).toBeInstanceOf(TimeoutError);
    expect((error as Error).message).toContain("queueTimeout");
    signs.raise(go);
    await running;
    await pool.shutdown();
    expect(signs.notes(file)).toEqual([]);
  });

  test("`queueTimeout` is no limit for the running time", async () => {
    await onStoppedClock(async (pass) => {
      const pool = create({ maxWorkers: 1 });
      const [started, go] = fresh("started", "go");
      const limited = pool.with({ queueTimeout: 2000 });
      const future = limited.submit(hold, started, go);
      const behind = limited.submit(add, 1, 2);
      await signs.until(started);
      pass(2000);
      expect(await failureOf(() => behind)).toBeInstanceOf(TimeoutError);
      expect(future.running()).toBe(true);
      signs.raise(go);
      expect(typeof (await future)).toBe("string");
    });
  });

  test("`maxQueue` bounds how many calls wait: one more rejects with QueueFullError", async () => {
    const pool = create({ maxWorkers: 1, maxQueue: 2 });
    const [started, go] = fresh("started", "go");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    const waiting = [pool.submit(add, 1, 1), pool.submit(add, 2, 2)];
    const error = await failureOf(() => pool.submit(add, 3, 3));
    expect(error).toBeInstanceOf(QueueFullError);
    expect(error).toMatchObject({ code: "ERR_QUEUE_FULL", message: expect.stringContaining("2") });
    signs.raise(go);
    await running;
    expect(await Promise.all(waiting)).toEqual([2, 4]);
    expect(await pool.submit(add, 3, 3)).toBe(6);
  });

  test("with `maxQueue` 0, calls are taken only while a worker is free for them", async () => {
    const pool = create({ maxWorkers: 1, maxQueue: 0 });
    const [started, go] = fresh("started", "go");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    expect(await failureOf(() => pool.submit(add, 1, 1))).toBeInstanceOf(QueueFullError);
    signs.raise(go);
    await running;
    await pool.drained();
    expect(await pool.submit(add, 1, 1)).toBe(2);
  });

  test("`maxQueue` does not fail the items of a map, which paces itself", async () => {
    const pool = create({ maxWorkers: 1, maxQueue: 1 });
    expect(
      await pool.map(
        square,
        Array.from({ length: 200 }, (_, n) => n),
      ),
    ).toHaveLength(200);
  });

  test("drained() resolves once there is room in the queue again", async () => {
    const pool = create({ maxWorkers: 1, maxQueue: 1 });
    await pool.drained(); // there is room now
    const [started, go] = fresh("started", "go");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    const waiting = pool.submit(add, 1, 1);
    let drained = false;
    const room = pool.drained().then(() => {
      drained = true;
    });
    await failureOf(() => running.result({ timeout: 20 }));
    expect(drained).toBe(false);
    signs.raise(go);
    await room;
    expect(await pool.submit(add, 2, 2)).toBe(4);
    expect(await waiting).toBe(2);
  });

  test("drained() resolves when the call that waits starts, not only when it ends", async () => {
    const pool = create({ maxWorkers: 1, maxQueue: 1 });
    const [started, go, next, never] = fresh("started", "go", "next", "never");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    const waiting = pool.submit(hold, next, never);
    const room = pool.drained();
    signs.raise(go);
    await running;
    await room;
    expect(waiting.done()).toBe(false);
    expect(pool.submit(add, 1, 1).done()).toBe(false); // it is taken, and waits
  });

  test("drained() is resolved by a cancelled call too, and paces a producer", async () => {
    const pool = create({ maxWorkers: 2, maxQueue: 3 });
    const [started, go] = fresh("started", "go");
    const held = create({ maxWorkers: 1, maxQueue: 1 });
    const running = held.submit(hold, started, go);
    await signs.until(started);
    const waiting = held.submit(add, 1, 1);
    const room = held.drained();
    waiting.cancel();
    await room;
    signs.raise(go);
    await running;

    const results: Promise<number>[] = [];
    for (let n = 0; n < 60; n++) {
      await pool.drained();
      results.push(pool.submit(add, n, 1).result());
    }
    expect(await Promise.all(results)).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  });
});
