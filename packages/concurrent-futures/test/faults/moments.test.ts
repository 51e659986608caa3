import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, expect, test } from "@jest/globals";
import { type Future, importTasks, wait } from "concurrent-futures";
import {
  add,
  block,
  exit,
  exitOnSign,
  exitWhenAborted,
  napThen,
  noteLine,
  stay,
  stayUntil,
} from "../fixtures/faults/moments.js";
import { type Gate, gate } from "../fixtures/faults/parcel-gate.js";
import { everyPool } from "../pools/every-pool.js";
import { Signs, until } from "../pools/signs.js";

const signs = new Signs();

const settings = globalThis as { [gate]?: Gate };
afterEach(() => {
  delete settings[gate];
});

/** The calls of a pool, once they are all counted. */
function counts(pool: { stats(): { completed: number; failed: number; cancelled: number } }): number[] {
  const { completed, failed, cancelled } = pool.stats();
  return [completed, failed, cancelled];
}

everyPool("at inconvenient moments", ({ kind, create }) => {
  test("a call that is aborted while its result waits for a class to be loaded is over, and the pool can close", async () => {
    const pool = create({ maxWorkers: 1 });
    let open: (() => void) | undefined;
    let entered: (() => void) | undefined;
    const loading = new Promise<void>((resolve) => {
      entered = resolve;
    });
    settings[gate] = {
      entered: () => entered?.(),
      open: new Promise<void>((resolve) => {
        open = resolve;
      }),
    };
    // Each kind of pool with a module of its own, since a module is loaded once.
    const url = new URL(`../fixtures/faults/parcel.js?${kind}`, import.meta.url);
    const { pack } = importTasks<typeof import("../fixtures/faults/parcel.js")>(url);
    const future = pool.submit(pack, "socks");
    const other = pool.submit(add, 1, 2);
    await loading;
    expect(await other).toBe(3); // nobody waits for the class but the call that needs it
    expect(future.abort("enough")).toBe(true);
    open?.();
    await expect(future).rejects.toBe("enough");
    await pool.shutdown();
    expect(counts(pool)).toEqual([1, 0, 1]);
  });

  test("a call that is aborted by what its own arguments do when they are sent never runs", async () => {
    const pool = create({ maxWorkers: 1 });
    const file = signs.fresh("noted");
    let aborted: Future<unknown> | undefined;
    const trap = {
      get line(): string {
        aborted?.abort("trapped");
        return "ran";
      },
    };
    const first = pool.submit(add, 0, 0); // so that the next one is sent later
    aborted = pool.submit(noteLine, file, trap);
    await first;
    await expect(aborted).rejects.toBe("trapped");
    await pool.shutdown();
    expect(signs.notes(file)).toEqual([]);
    expect(counts(pool)).toEqual([1, 0, 1]);
  });

  test("when a crash takes several calls, the callback of one may abort the others", async () => {
    const pool = create({ maxWorkers: 1, tasksPerWorker: 4 });
    const started = [1, 2, 3].map((n) => signs.fresh(`started ${n}`));
    const controller = new AbortController();
    const futures = started.map((sign) => pool.with({ signal: controller.signal }).submit(stay, sign));
    for (const future of futures) future.addDoneCallback(() => controller.abort("one is enough"));
    for (const sign of started) await signs.until(sign);
    const crash = pool.submit(exit, 4);
    await wait([...futures, crash]);
    expect(await crash.exception()).toMatchObject({ code: expect.stringMatching(/^ERR_(WORKER_CRASHED|BROKEN_)/) });
    const codes = await Promise.all(futures.map((future) => future.then(String, (error) => error.code ?? error)));
    expect(codes.sort()).toEqual(["ERR_WORKER_CRASHED", "one is enough", "one is enough"]);
    expect(await pool.submit(add, 2, 2)).toBe(4);
    await pool.shutdown();
    expect(counts(pool)).toEqual([1, 2, 2]);
  });

  test("calls of a broken pool may abort each other", async () => {
    const pool = create({ maxWorkers: 1, onWorkerCrash: "break" });
    const controller = new AbortController();
    const crash = pool.submit(exit, 4);
    const futures = [1, 2, 3].map((n) => pool.with({ signal: controller.signal }).submit(add, n, n));
    for (const future of futures) future.addDoneCallback(() => controller.abort("one is enough"));
    await wait([...futures, crash]);
    expect(await crash.exception()).toMatchObject({ code: expect.stringMatching(/^ERR_(WORKER_CRASHED|BROKEN_)/) });
    const codes = await Promise.all(futures.map((future) => future.then(String, (error) => error.code ?? error)));
    expect(codes.sort()).toEqual([`ERR_BROKEN_${kind.toUpperCase()}_POOL`, "one is enough", "one is enough"]);
    await pool.shutdown();
    expect(counts(pool)).toEqual([0, 2, 2]);
  });

  test.each(["terminateWorkers", "killWorkers"] as const)(
    "%s while a call is about to run again settles it",
    async (end) => {
      const pool = create({ maxWorkers: 1 });
      const file = signs.fresh("runs");
      const go = signs.fresh("go");
      const future = pool.with({ retries: 1000 }).submit(exitOnSign, file, go);
      await until(() => signs.notes(file).length > 0, "the first run");
      signs.raise(go);
      // From now on it runs, crashes and is sent again, over and over.
      await until(() => pool.stats().crashed > 0, "a crash");
      await pool[end]();
      await expect(future).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED" });
      expect(counts(pool)).toEqual([0, 1, 0]);
    },
  );

  test("a call that has started, crashed and waits to run again cannot be cancelled", async () => {
    const pool = create({ maxWorkers: 1 });
    const [file, go] = [signs.fresh("runs"), signs.fresh("go")];
    const exited = new Promise<void>((resolve) => {
      const onExit = (): void => {
        unsubscribe("concurrent-futures:worker:exit", onExit);
        queueMicrotask(resolve); // when the pool has seen to it
      };
      subscribe("concurrent-futures:worker:exit", onExit);
    });
    const future = pool.with({ retries: 2 }).submit(exitOnSign, file, go);
    await until(() => signs.notes(file).length > 0, "the first run");
    signs.raise(go); // nobody has asked the future for its state
    await exited;
    expect([future.cancel(), future.running()]).toEqual([false, true]);
    await expect(future).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED" });
    expect(signs.notes(file)).toHaveLength(3);
    await pool.shutdown();
    expect(counts(pool)).toEqual([0, 1, 0]);
  });

  test("workers that exit when their call is aborted do not break the pool", async () => {
    const pool = create({ maxWorkers: 1, abortGrace: 100_000 }); // or a slow exit might not be its own
    for (let round = 0; round < 7; round++) {
      const started = signs.fresh("started");
      const future = pool.submit(exitWhenAborted, started);
      await signs.until(started);
      future.abort("stop");
      await expect(future).rejects.toBe("stop");
      await until(() => pool.stats().crashed === round + 1, "the worker's exit");
    }
    expect(await pool.submit(add, 1, 1)).toBe(2);
  });

  test("a task that blocks its worker for good is killed after abortGrace, also where others wait behind it", async () => {
    const pool = create({ maxWorkers: 1, tasksPerWorker: 3, abortGrace: 50 });
    const [napping, blocking] = [signs.fresh("napping"), signs.fresh("blocking")];
    const nap = pool.submit(napThen, napping, 1, "rested");
    await signs.until(napping);
    expect(await nap).toBe("rested");
    const neighbour = signs.fresh("neighbour");
    const beside = pool.submit(stay, neighbour);
    await signs.until(neighbour);
    const blocked = pool.submit(block, blocking);
    await signs.until(blocking);
    const behind = pool.with({ key: "k" }).submit(add, 3, 4); // has room on the worker, and cannot start
    blocked.abort("enough");
    await expect(blocked).rejects.toBe("enough");
    expect(await behind).toBe(7);
    // It had started on that worker, so nothing else can become of it; it must not wait for ever.
    await expect(beside).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED" });
    await pool.shutdown();
  });

  test("an abort does no harm to a neighbour on the same worker", async () => {
    // A worker that does not answer for as long as the grace, and a second at least, is killed: it has to get that often.
    const pool = create({ maxWorkers: 1, tasksPerWorker: 2, abortGrace: 2000 });
    const [stubborn, quiet, go] = [signs.fresh("stubborn"), signs.fresh("quiet"), signs.fresh("go")];
    const neighbour = pool.submit(stayUntil, quiet, go, "undisturbed");
    const aborted = pool.submit(stay, stubborn);
    await signs.until(quiet);
    await signs.until(stubborn);
    aborted.abort("enough");
    expect(await pool.submit(add, 5, 6)).toBe(11); // on another worker: the grace is over
    expect(neighbour.done()).toBe(false);
    signs.raise(go);
    expect(await neighbour).toBe("undisturbed");
  });
});
