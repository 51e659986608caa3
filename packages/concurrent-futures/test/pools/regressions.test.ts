/** What was wrong once: each of these hung, crashed its parent, or lost something. */
import { MessageChannel } from "node:worker_threads";
import { expect, jest, test } from "@jest/globals";
import { EventLoopExecutor, taskContext } from "concurrent-futures";
import { add } from "../fixtures/arithmetic.js";
import { hold, holdAsync } from "../fixtures/holding.js";
import { exitOnSign, returnTrap, throwFrozen, wasAborted, writeFrame } from "../fixtures/odd-moments.js";
import { place } from "../fixtures/places.js";
import { SlowReason } from "../fixtures/slow-reason.js";
import { Program } from "../programs/run-program.js";
import { everyPool, failureOf } from "./every-pool.js";
import { Signs } from "./signs.js";

const signs = new Signs();

everyPool("regressions", ({ kind, create }) => {
  test("a result that throws when it is looked at fails its call, and its worker goes on", async () => {
    const pool = create({ maxWorkers: 1 });
    for (let n = 0; n < 3; n++) {
      expect(await failureOf(() => pool.submit(returnTrap))).toMatchObject({ message: "the trap shut" });
    }
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test("an error that arrives frozen is given as it is", async () => {
    const pool = create({ maxWorkers: 1 });
    for (let n = 0; n < 2; n++) {
      const error = await failureOf(() => pool.submit(throwFrozen));
      expect(error).toMatchObject({ message: "frozen" });
      expect(Object.isFrozen(error)).toBe(true);
    }
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test("a reason that takes time to restore aborts the call that it was meant for, and no later one", async () => {
    const [started, never, gate, next, go] = Array.from({ length: 5 }, () => signs.fresh("sign")) as Names;
    const pool = create({ maxWorkers: 1, abortGrace: 60_000, env: { ...process.env, SLOW_REASON_GATE: gate } });
    const stays = pool.submit(holdAsync, started, never);
    await signs.until(started);
    stays.abort(new SlowReason("enough"));
    signs.raise(never); // it ends all the same, before the reason is there
    const later = pool.submit(wasAborted, next, go);
    await signs.until(next);
    signs.raise(gate);
    signs.raise(go);
    expect(await later).toBe(false);
  });

  test("the first calls start as many workers as they need, at once", async () => {
    const pool = create({ maxWorkers: 3 });
    const futures = [1, 2].map((n) => pool.submit(add, n, 0));
    expect(pool.stats().workers).toBe(2);
    await Promise.all(futures);
  });

  test("a callback that submits does not keep a call of the same dead worker from its retry", async () => {
    const pool = create({ maxWorkers: 2, tasksPerWorker: 2 });
    await pool.ready();
    const [crashes, again, other, go, never] = Array.from({ length: 5 }, () => signs.fresh("sign")) as Names;
    const victim = pool.submit(exitOnSign, crashes, go);
    const neighbour = pool.submit(holdAsync, other, never);
    const retried = pool.with({ retries: 1 }).submit(holdAsync, again, never); // beside the victim
    for (const sign of [crashes, again, other]) await signs.until(sign);
    const submitted = new Promise((resolve) => victim.addDoneCallback(() => resolve(pool.submit(add, 1, 2))));
    signs.raise(go);
    expect(await failureOf(() => victim)).toMatchObject({ exitCode: 3 });
    signs.raise(never);
    expect(await submitted).toBe(3);
    expect(await retried).toBe(await neighbour);
  });

  test("with several tasks a worker, one that blocks its worker holds up none that were sent there with it", async () => {
    const pool = create({ maxWorkers: 2, tasksPerWorker: 4 });
    await pool.ready();
    const [a, b, warm, started, go] = Array.from({ length: 5 }, () => signs.fresh("sign")) as Names;
    // Both workers load both functions: a call has started, and stays, while its worker loads its function.
    const holds = [pool.submit(hold, a, warm), pool.submit(hold, b, warm)];
    for (const sign of [a, b]) await signs.until(sign);
    signs.raise(warm);
    expect(new Set(await Promise.all(holds)).size).toBe(2);
    await Promise.all([pool.submit(add, 1, 2), pool.submit(add, 3, 4)]);
    const blocks = pool.submit(hold, started, go);
    const others = Array.from({ length: 7 }, (_, n) => pool.submit(add, n, 1));
    expect(await Promise.all(others)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(blocks.done()).toBe(false);
    signs.raise(go);
    await blocks;
    expect(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => pool.submit(add, n, 0)))).toHaveLength(8);
  });

  test("with onWorkerCrash 'break', only the worker that crashed counts as crashed", async () => {
    const pool = create({ maxWorkers: 2, onWorkerCrash: "break" });
    await pool.ready();
    const [started, go] = [signs.fresh("started"), signs.fresh("go")];
    const victim = pool.submit(exitOnSign, started, go);
    signs.raise(go);
    await failureOf(() => victim);
    await pool.shutdown();
    expect(pool.stats().crashed).toBe(1);
  });

  test("a map of a function that cannot be found looks for it once, not once an item", async () => {
    const pool = create({ maxWorkers: 1 });
    const outside = 1;
    const results = pool.map((n: number) => n + outside, new Array<number>(20_000).fill(1));
    expect(pool.stats().failed).toBe(1);
    await expect(results.next()).rejects.toMatchObject({ code: "ERR_TASK_REFERENCE" });
  });

  test("a signal that aborts while the arguments are read ends the call", async () => {
    const pool = create({ maxWorkers: 1 });
    await pool.ready();
    const controller = new AbortController();
    const arg = {
      get value() {
        controller.abort(new Error("meanwhile"));
        return 1;
      },
    };
    const future = pool.with({ signal: controller.signal }).submit(Array.of, arg as never);
    expect(await failureOf(() => future)).toMatchObject({ message: "meanwhile" });
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test("timers that a test has replaced are not the pool's", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "queueMicrotask"] });
    try {
      const pool = create();
      const sums = Array.from({ length: 3000 }, (_, n) => pool.submit(add, n, 1));
      expect(await sums[2999]).toBe(3000);
      await Promise.all(sums);
      await pool.shutdown();
    } finally {
      jest.useRealTimers();
    }
  });

  test("a program whose only call was refused ends", async () => {
    const { exitCode, stdout } = await new Program("refused.js", { args: [kind] }).ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "ERR_TASK_REFERENCE\n1 failed\n" });
  });

  if (kind === "thread") {
    test("a transfer that the platform refuses fails its call, and takes no place on the worker", async () => {
      const pool = create({ maxWorkers: 1 });
      await pool.ready();
      const { port1 } = new MessageChannel();
      const { port1: carrier } = new MessageChannel();
      carrier.postMessage(port1, [port1]);
      const error = await failureOf(() => pool.with({ transfer: [port1] }).submit(Array.of, port1 as never));
      expect(error).toMatchObject({ code: "ERR_SERIALIZATION", side: "argument", path: "transfer" });
      expect(await pool.submit(add, 1, 2)).toBe(3);
    });
  } else {
    test("a frame that is no record does no harm", async () => {
      const pool = create({ maxWorkers: 1, execArgv: ["--no-addons"] });
      for (const length of [0, 4, 31, 100]) expect(await pool.submit(writeFrame, length)).toBe("written");
      expect(await pool.submit(place)).toEqual(await pool.submit(place));
    });
  }
});

test("an EventLoopExecutor may have any number of places", async () => {
  const executor = new EventLoopExecutor({ maxWorkers: Number.MAX_SAFE_INTEGER });
  const ids = [1, 2, 3].map(() => executor.submit(async () => taskContext().workerId));
  expect(await Promise.all(ids)).toEqual([1, 2, 3]);
  await executor.shutdown();
});

type Names = [string, string, string, string, string];
