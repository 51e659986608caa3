/** The end of a pool: in peace, at once, and by force. */
import { expect, test } from "@jest/globals";
import { CancelledError, ExecutorShutdownError, WorkerCrashedError } from "concurrent-futures";
import { add } from "../fixtures/arithmetic.js";
import { exit } from "../fixtures/failures.js";
import { FOR_EVER_MS, hold, noteDown, spin } from "../fixtures/holding.js";
import { isAlive, place, processId } from "../fixtures/places.js";
import { everyPool, failureOf, type Pool } from "./every-pool.js";
import { Signs, until } from "./signs.js";

const signs = new Signs();
const fresh = <const N extends readonly string[]>(...names: N) =>
  names.map((name) => signs.fresh(name)) as { [K in keyof N]: string };
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

everyPool("shutdown", ({ kind, create }) => {
  /** A pool of one worker that runs a call, with calls waiting behind it. */
  async function busyPool(waiting: number) {
    const pool = create({ maxWorkers: 1 });
    const [started, go, file] = fresh("started", "go", "notes");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    running.catch(() => {}); // not every test looks at how it ended
    const queued = range(waiting).map((n) => pool.submit(noteDown, file, `${n}`));
    return { pool, running, queued, go, ran: () => signs.notes(file) };
  }

  test("submit, map and ready() after shutdown fail at once with ExecutorShutdownError", async () => {
    const pool = create();
    await pool.submit(add, 1, 2);
    const over = pool.shutdown();
    expect(() => pool.submit(add, 1, 2)).toThrow(ExecutorShutdownError);
    expect(() => pool.with({ priority: 1 }).submit(add, 1, 2)).toThrow(ExecutorShutdownError);
    await expect(pool.ready()).rejects.toBeInstanceOf(ExecutorShutdownError);
    expect(await failureOf(() => pool.starmap(add, [[1, 2]]))).toBeInstanceOf(ExecutorShutdownError);
    await over;
    expect(() => pool.submit(add, 1, 2)).toThrow(expect.objectContaining({ code: "ERR_EXECUTOR_SHUTDOWN" }));
  });

  test("shutdown() waits for what runs and what is queued, and for the workers to go", async () => {
    const { pool, running, queued, go, ran } = await busyPool(5);
    const pid = kind === "process" ? await pidOf(pool, go) : undefined;
    let over = false;
    const shutdown = pool.shutdown().then(() => {
      over = true;
    });
    if (pid === undefined) {
      await failureOf(() => running.result({ timeout: 20 }));
      expect(over).toBe(false);
      signs.raise(go);
    }
    await shutdown;
    expect([running, ...queued].every((future) => future.done() && !future.cancelled())).toBe(true);
    expect(ran()).toEqual(range(5).map(String));
    expect(pool.stats()).toMatchObject({ workers: 0, crashed: 0 });
    if (pid !== undefined) expect(isAlive(pid)).toBe(false);
  });

  test("cancelFutures cancels what has not started and lets the rest finish: no future stays pending", async () => {
    const { pool, running, queued, go, ran } = await busyPool(5);
    const over = pool.shutdown({ cancelFutures: true });
    expect(queued.every((future) => future.cancelled())).toBe(true);
    expect(await failureOf(() => queued[0] ?? running)).toBeInstanceOf(CancelledError);
    signs.raise(go);
    await over;
    expect(typeof (await running)).toBe("string");
    expect(ran()).toEqual([]);
  });

  test("with wait: false it returns at once, and queued work still finishes", async () => {
    const { pool, queued, go, ran } = await busyPool(3);
    await pool.shutdown({ wait: false });
    expect(queued.some((future) => future.done())).toBe(false);
    signs.raise(go);
    await Promise.all(queued);
    expect(ran()).toEqual(["0", "1", "2"]);
  });

  test("with wait: false queued work finishes also when workers must be replaced to do it", async () => {
    const pool = create({ maxWorkers: 1, maxTasksPerWorker: 1 });
    const places = range(3).map(() => pool.submit(place));
    const crash = pool.submit(exit, 3);
    const last = pool.submit(place);
    await pool.shutdown({ wait: false });
    expect(new Set(await Promise.all([...places, last])).size).toBe(4);
    expect(await failureOf(() => crash)).toMatchObject({ exitCode: 3 });
  });

  test("it may be called many times: wait: true after wait: false does wait", async () => {
    const { pool, queued, go } = await busyPool(2);
    await pool.shutdown({ wait: false });
    const over = [pool.shutdown(), pool.shutdown(), pool.shutdown({ wait: true })];
    signs.raise(go);
    await Promise.all(over);
    expect(queued.every((future) => future.done())).toBe(true);
    await pool.shutdown();
    expect(pool.stats().workers).toBe(0);
  });

  test("cancelFutures in a later call counts too", async () => {
    const { pool, running, queued, go } = await busyPool(3);
    const over = pool.shutdown();
    void pool.shutdown({ wait: false, cancelFutures: true });
    signs.raise(go);
    await over;
    expect(queued.every((future) => future.cancelled())).toBe(true);
    expect(running.done()).toBe(true);
  });

  test("shutting down a pool that never ran anything is over at once", async () => {
    const pool = create();
    await pool.shutdown();
    expect(pool.stats().workers).toBe(0);
  });

  test("what a task left behind, a timer or a server, does not keep it waiting for ever", async () => {
    const pool = create({ maxWorkers: 1 });
    const leaveBehind = async () => {
      const { createServer } = await import("node:net");
      setInterval(() => {}, 1000);
      await new Promise<void>((resolve) => createServer().listen(0, resolve));
    };
    await pool.submit(leaveBehind);
    await pool.shutdown();
    expect(pool.stats()).toMatchObject({ workers: 0, crashed: 0 });
  });

  test("it is over although a worker crashes meanwhile", async () => {
    const pool = create({ maxWorkers: 1 });
    const futures = [pool.submit(exit, 1), pool.submit(add, 1, 2), pool.submit(exit, 2)];
    const over = pool.shutdown();
    expect(await Promise.all(futures.map((future) => future.exception()))).toMatchObject([
      { exitCode: 1 },
      undefined,
      { exitCode: 2 },
    ] as never);
    await over;
  });

  test("`await using` shuts the pool down at the end of the block", async () => {
    let pool: Pool | undefined;
    let future: PromiseLike<number> | undefined;
    await (async () => {
      pool = create();
      await using inner = pool;
      future = inner.submit(add, 1, 2);
    })();
    expect(await future).toBe(3);
    expect(pool?.stats().workers).toBe(0);
    expect(() => pool?.submit(add, 1, 2)).toThrow(ExecutorShutdownError);
  });

  for (const force of ["terminateWorkers", "killWorkers"] as const) {
    test(`${force}() fails what runs, cancels what is queued, and takes no more`, async () => {
      const { pool, running, queued, ran } = await busyPool(3);
      await pool[force]();
      const error = await failureOf(() => running);
      expect(error).toBeInstanceOf(WorkerCrashedError);
      if (kind === "process") {
        expect(error).toMatchObject({ signal: force === "killWorkers" ? "SIGKILL" : "SIGTERM" });
      }
      for (const future of queued) expect(await failureOf(() => future)).toBeInstanceOf(CancelledError);
      expect(() => pool.submit(add, 1, 2)).toThrow(ExecutorShutdownError);
      expect(pool.stats()).toMatchObject({ workers: 0, running: 0, queued: 0 });
      expect(ran()).toEqual([]);
    });

    test(`${force}() ends busy loops, and all workers`, async () => {
      const pool = create({ maxWorkers: 2 });
      const pids = [await pool.submit(processId), 0];
      const [a, b] = fresh("a", "b");
      const futures = [pool.submit(spin, a, FOR_EVER_MS), pool.submit(spin, b, FOR_EVER_MS)];
      await Promise.all([signs.until(a), signs.until(b)]);
      await pool[force]();
      for (const future of futures) expect(await future.exception()).toBeInstanceOf(WorkerCrashedError);
      if (kind === "process") expect(isAlive(pids[0] ?? 0)).toBe(false);
    });

    test(`${force}() before any start does nothing but shut down, and may be called again`, async () => {
      const pool = create();
      await pool[force]();
      await pool[force]();
      await pool.shutdown();
      expect(() => pool.submit(add, 1, 2)).toThrow(ExecutorShutdownError);
      expect(pool.stats()).toMatchObject({ workers: 0, crashed: 0 });
    });

    test(`${force}() on a broken pool does not throw`, async () => {
      const pool = create({ maxWorkers: 1, onWorkerCrash: "break" });
      await failureOf(() => pool.submit(exit, 1));
      await pool[force]();
      await until(() => pool.stats().workers === 0, "no worker is left");
    });

    test(`${force}() during a shutdown ends it`, async () => {
      const { pool, running, queued } = await busyPool(2);
      const over = pool.shutdown();
      await pool[force]();
      await over;
      expect([running, ...queued].every((future) => future.done())).toBe(true);
    });

    test(`workers that retire are not replaced after ${force}()`, async () => {
      const pool = create({ maxWorkers: 1, maxTasksPerWorker: 1 });
      const futures = range(4).map(() => pool.submit(place));
      await futures[0];
      await pool[force]();
      expect(pool.stats().workers).toBe(0);
      expect(futures.every((future) => future.done())).toBe(true);
      await Promise.allSettled(futures);
    });
  }
});

/** Lets the held call go on, since there is only one worker to ask. */
async function pidOf(pool: Pool, go: string): Promise<number> {
  signs.raise(go);
  return pool.submit(processId);
}
