/** Workers that die, and errors that no task caught. */
import { expect, test } from "@jest/globals";
import { BrokenExecutorError, type Future, WorkerCrashedError } from "concurrent-futures";
import { add } from "../fixtures/arithmetic.js";
import {
  complainAndExit,
  exit,
  exitAtFirst,
  exitLater,
  returnThenExit,
  strayRejection,
  strayThrow,
  throwAndCount,
} from "../fixtures/failures.js";
import { hold, holdAsync, noteDown } from "../fixtures/holding.js";
import { place } from "../fixtures/places.js";
import { everyPool, failureOf } from "./every-pool.js";
import { Signs, until } from "./signs.js";

const signs = new Signs();

everyPool("crashes", ({ kind, BrokenError, create }) => {
  test("process.exit(3) in a task rejects it with exit code 3, and the pool goes on", async () => {
    const pool = create({ maxWorkers: 1 });
    const error = await failureOf(() => pool.submit(exit, 3));
    expect(error).toBeInstanceOf(WorkerCrashedError);
    expect(error).toBeInstanceOf(BrokenExecutorError);
    expect(error).toMatchObject({ exitCode: 3, signal: undefined });
    expect(await pool.submit(add, 1, 2)).toBe(3);
    expect(pool.stats()).toMatchObject({ crashed: 1, failed: 1, completed: 1 });
  });

  test("process.exit(0) in a task is a crash too", async () => {
    const pool = create({ maxWorkers: 1 });
    expect(await failureOf(() => pool.submit(exit, 0))).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 0 });
  });

  test("the error carries the last lines that the worker wrote to stderr", async () => {
    const pool = create({ maxWorkers: 1, stderr: "ignore" });
    const error = await failureOf(() => pool.submit(complainAndExit, "the disk is full", 4));
    expect(error).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("the disk is full") });
    expect((error as Error).message).toContain("the disk is full");
  });

  if (kind === "process") {
    test("death by a signal is told by its name", async () => {
      const pool = create({ maxWorkers: 1 });
      const error = await failureOf(() => pool.submit(() => process.kill(process.pid, "SIGKILL")));
      expect(error).toMatchObject({ code: "ERR_WORKER_CRASHED", signal: "SIGKILL", exitCode: undefined });
      expect((error as Error).message).toContain("SIGKILL");
    });
  }

  test("a crash takes down only what the worker had started: neighbours and waiting calls go on", async () => {
    const pool = create({ maxWorkers: 2 });
    const [started, go, file, crashed] = ["started", "go", "notes", "crashed"].map((name) =>
      signs.fresh(name),
    ) as Names;
    const neighbour = pool.submit(hold, started, go);
    await signs.until(started);
    const victim = pool.submit(exitLater, crashed, 3);
    const waiting = Array.from({ length: 10 }, (_, n) => pool.submit(noteDown, file, `${n}`));
    expect(await failureOf(() => victim)).toMatchObject({ exitCode: 3 });
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`));
    expect(neighbour.done()).toBe(false);
    signs.raise(go);
    await neighbour;
    expect(signs.notes(file).sort()).toEqual(Array.from({ length: 10 }, (_, n) => `${n}`).sort()); // each once
  });

  test("a result that was delivered stands, although its worker exits right after", async () => {
    const pool = create({ maxWorkers: 1 });
    expect(await pool.submit(returnThenExit, "delivered")).toBe("delivered");
    await until(() => pool.stats().crashed === 1, "the exit is known");
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test("`retries` runs a call again after a crash, as often as it says", async () => {
    const pool = create({ maxWorkers: 1 });
    expect(await pool.with({ retries: 2 }).submit(exitAtFirst, signs.fresh("runs"), 2)).toBe(3);
    const file = signs.fresh("runs");
    const error = await failureOf(() => pool.with({ retries: 1 }).submit(exitAtFirst, file, 99));
    expect(error).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 7 });
    expect(signs.notes(file)).toHaveLength(2);
  });

  test("a crashed call is not run again without `retries`", async () => {
    const pool = create({ maxWorkers: 1 });
    const file = signs.fresh("runs");
    await failureOf(() => pool.submit(exitAtFirst, file, 99));
    expect(await pool.submit(add, 1, 2)).toBe(3);
    expect(signs.notes(file)).toHaveLength(1);
  });

  test("`retries` does not repeat a thrown error", async () => {
    const pool = create({ maxWorkers: 1 });
    const file = signs.fresh("runs");
    const error = await failureOf(() => pool.with({ retries: 5 }).submit(throwAndCount, file));
    expect((error as Error).message).toBe("an answer, not a crash");
    expect(signs.notes(file)).toHaveLength(1);
  });

  test("with onWorkerCrash 'break', every unfinished future rejects with an error of its own, caused by the crash", async () => {
    const pool = create({ maxWorkers: 2, onWorkerCrash: "break" });
    const [started, never, crashed] = ["started", "never", "crashed"].map((name) => signs.fresh(name)) as Names;
    const done = await pool.submit(add, 1, 2);
    const running = pool.submit(hold, started, never);
    await signs.until(started);
    const crashing = pool.submit(exitLater, crashed, 3);
    const waiting = pool.submit(add, 3, 4);
    const errors = await Promise.all(
      [running, crashing, waiting].map((future: Future<unknown>) => failureOf(() => future)),
    );
    for (const error of errors) {
      expect(error).toBeInstanceOf(BrokenError);
      expect((error as Error).cause).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 3 });
      expect((error as Error).message).toContain("3");
    }
    expect(new Set(errors).size).toBe(3);
    expect(done).toBe(3);
    expect(() => pool.submit(add, 1, 2)).toThrow(BrokenError);
    await expect(pool.ready()).rejects.toBeInstanceOf(BrokenError);
    await pool.shutdown(); // which has nothing more to wait for
    expect(() => pool.submit(add, 1, 2)).toThrow(BrokenError); // broken goes before shut down
  });

  test("workers that keep dying before they finish anything break the pool", async () => {
    const pool = create({ maxWorkers: 1, initializer: exit, initArgs: [6] });
    const error = await failureOf(() => pool.submit(add, 1, 2));
    expect(error).toBeInstanceOf(BrokenError);
    expect((error as Error).cause).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 6 });
  });

  test("workers that cannot be started break the pool instead of hanging it", async () => {
    const pool = create({ maxWorkers: 1, execArgv: ["--no-such-flag-of-node"], stderr: "ignore" });
    const error = await failureOf(() => pool.submit(add, 1, 2));
    expect(error).toBeInstanceOf(BrokenError);
    expect(String((error as Error).message) + String((error as Error).cause)).toContain("--no-such-flag-of-node");
  });

  test("tasks that crash one after the other never break the pool", async () => {
    const pool = create({ maxWorkers: 1 });
    for (let n = 0; n < 7; n++) expect(await failureOf(() => pool.submit(exit, n))).toMatchObject({ exitCode: n });
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test.each([
    ["rejection", strayRejection, 3],
    ["throw", strayThrow, 4],
  ])("a stray %s is charged to its task, with the real error, and the worker stays", async (_, stray, amount) => {
    const pool = create({ maxWorkers: 1 });
    const before = await pool.submit(place);
    const go = signs.fresh("go");
    const error = await failureOf(() => pool.submit(stray, go));
    expect(error).toMatchObject({ name: "PaymentError", code: "E_PAYMENT", amount });
    signs.raise(go);
    expect(await pool.submit(place)).toBe(before);
    expect(pool.stats().crashed).toBe(0);
  });

  test("a stray rejection ends the task that it came from, not those beside it on the worker", async () => {
    const pool = create({ maxWorkers: 1, tasksPerWorker: 3 });
    const [started, go, never] = ["started", "go", "never"].map((name) => signs.fresh(name)) as Names;
    const neighbour = pool.submit(holdAsync, started, go);
    await signs.until(started);
    expect(await failureOf(() => pool.submit(strayRejection, never))).toMatchObject({ amount: 3 });
    expect(neighbour.done()).toBe(false);
    signs.raise(go);
    signs.raise(never);
    expect(await neighbour).toBe(await pool.submit(place));
  });

  test("a failure inside of a worker is never the parent's own uncaught error", async () => {
    const pool = create({ maxWorkers: 1 });
    const strays: unknown[] = [];
    const listener = (error: unknown) => void strays.push(error);
    process.on("unhandledRejection", listener).on("uncaughtException", listener);
    try {
      await failureOf(() => pool.submit(strayThrow, signs.fresh("never")));
      const unseen = pool.submit(exit, 3);
      await until(() => unseen.done(), "the crash is known");
      await pool.submit(add, 1, 2);
      expect(await unseen.exception()).toMatchObject({ exitCode: 3 });
    } finally {
      process.off("unhandledRejection", listener).off("uncaughtException", listener);
    }
    expect(strays).toEqual([]);
  });
});

type Names = [string, string, string, string];
