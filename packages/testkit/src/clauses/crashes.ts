/** K: workers that die. */
import { importTasks } from "@concurrent-futures/core";
import { equal, matches, ok, rejects, throws } from "../assertions.js";
import { clause } from "../clause.js";
import {
  add,
  exit,
  exitAtFirst,
  exitWhen,
  killItself,
  leaveRejection,
  noteDown,
  returnThenExit,
  spin,
  throwAndCount,
} from "../tasks.js";

const crashed = { name: "WorkerCrashedError", code: "ERR_WORKER_CRASHED" } as const;
const broken = { name: /^Broken\w*Error$/ } as const;
const MUCH_LATER_MS = 20_000; // a deadline may come late, too
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

export const crashes = [
  clause(
    "K-1",
    "a worker that exits fails its call with WorkerCrashedError, and the executor goes on",
    ["crashes"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const error = await rejects(executor.submit(exit, 3), crashed, "the call that exits");
      equal((error as { exitCode?: unknown }).exitCode, 3);
      equal(await executor.submit(add, 1, 2), 3);
    },
  ),

  clause(
    "K-2",
    "a crash harms neither neighbours nor calls that wait: each runs, once",
    ["crashes", "maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 2 });
      const neighbour = await t.hold(executor);
      const [started, go, file] = [t.sign("started"), t.sign("go"), t.sign("notes")];
      const victim = executor.submit(exitWhen, started, go, 3);
      await t.whenRaised(started);
      const waiting = range(10).map((n) => executor.submit(noteDown, file, n));
      t.raise(go);
      await rejects(victim, crashed, "the call that exits");
      equal(await Promise.all(waiting), range(10));
      equal(neighbour.future.done(), false);
      neighbour.letGo();
      ok(typeof (await neighbour.future) === "string", "the neighbour ends by itself");
      equal(t.notes(file).length, 10);
    },
  ),

  clause("K-3", "`retries` runs a call again after a crash, as often as it says", ["crashes"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    equal(await executor.with({ retries: 2 }).submit(exitAtFirst, t.sign("runs"), 2), 3);
    const runs = t.sign("runs");
    await rejects(executor.with({ retries: 1 }).submit(exitAtFirst, runs, 99), crashed, "one that crashes each time");
    equal(t.notes(runs).length, 2);
  }),

  clause("K-4", "without `retries` a call that crashed is not run again", ["crashes"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const runs = t.sign("runs");
    await rejects(executor.submit(exitAtFirst, runs, 99), crashed, "the call");
    equal(await executor.submit(add, 1, 2), 3);
    equal(t.notes(runs).length, 1);
  }),

  clause("K-5", "`retries` does not repeat a call that threw: that is an answer", ["crashes"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const runs = t.sign("runs");
    const answer = { message: /an answer, not a crash/ };
    await rejects(executor.with({ retries: 3 }).submit(throwAndCount, runs), answer, "the call");
    await executor.shutdown();
    equal(t.notes(runs).length, 1);
  }),

  clause("K-6", "a result that was sent stands, though its worker exits right after", ["crashes"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    equal(await executor.submit(returnThenExit, "delivered"), "delivered");
    // The worker may have started this one too when it exits.
    equal(await executor.with({ retries: 1 }).submit(add, 1, 2), 3);
  }),

  clause("K-7", "shutdown() is over although workers crash meanwhile", ["crashes"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const calls = [executor.submit(exit, 1), executor.submit(add, 1, 2), executor.submit(exit, 2)];
    await executor.shutdown();
    equal(
      calls.map((call) => call.done()),
      [true, true, true],
    );
    const errors = await Promise.all(calls.map((call) => call.exception()));
    matches(errors[0], crashed, "the first");
    equal(errors[1], undefined);
    matches(errors[2], crashed, "the last");
  }),

  clause(
    "K-8",
    "`onWorkerCrash: 'break'` breaks the executor: each unfinished future gets an error of its own",
    ["breakOnCrash", "maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1, onWorkerCrash: "break" });
      const [started, go] = [t.sign("started"), t.sign("go")];
      const calls = [executor.submit(exitWhen, started, go, 3), executor.submit(add, 1, 2), executor.submit(add, 3, 4)];
      await t.whenRaised(started);
      t.raise(go);
      const errors = await Promise.all(calls.map((call) => rejects(call, broken, "an unfinished call")));
      equal(new Set(errors).size, 3);
      for (const error of errors) {
        matches(error, { message: /\b3\b/ }, "it names the exit code");
        matches((error as Error).cause, crashed, "its cause");
      }
      throws(() => executor.submit(add, 1, 2), broken, "submit to a broken executor");
    },
  ),

  clause(
    "K-9",
    "terminateWorkers() and killWorkers() fail what runs and cancel what waits",
    ["terminate", "maxWorkers"],
    async (t) => {
      for (const force of ["terminateWorkers", "killWorkers"] as const) {
        const executor = t.create({ maxWorkers: 1 });
        const started = t.sign("started");
        const running = executor.submit(spin, started, 2 * t.deadline + MUCH_LATER_MS);
        await t.whenRaised(started);
        const waiting = executor.submit(add, 1, 2);
        await executor[force]();
        await rejects(running, crashed, `what ran at ${force}()`);
        await rejects(waiting, { name: "CancelledError" }, `what waited at ${force}()`);
        throws(() => executor.submit(add, 1, 2), { name: "ExecutorShutdownError" }, `submit after ${force}()`);
      }
    },
  ),

  clause(
    "K-10",
    "terminateWorkers() and killWorkers() of an executor that ran nothing only shut it down, also when asked again",
    ["terminate"],
    async (t) => {
      for (const force of ["terminateWorkers", "killWorkers"] as const) {
        const executor = t.create();
        await executor[force]();
        await executor[force]();
        throws(() => executor.submit(add, 1, 2), { name: "ExecutorShutdownError" }, `submit after ${force}()`);
        await executor.shutdown();
      }
    },
  ),

  clause(
    "K-11",
    "a module that ends the worker which imports it fails its call, not the executor",
    ["crashes", "references"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const deadly = importTasks<typeof import("../exits-when-imported.js")>(
        new URL("../exits-when-imported.js", import.meta.url),
      );
      await rejects(executor.submit(deadly.neverRuns), crashed, "the call whose module exits");
      equal(await executor.submit(add, 1, 2), 3);
    },
  ),

  clause(
    "K-12",
    "an error that nobody caught in the worker rejects the call that left it",
    ["strayErrors", "maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const go = t.sign("go");
      const error = await rejects(executor.submit(leaveRejection, go), { message: /Payment of 3/ }, "the call");
      matches(error, { name: "PaymentError" }, "it is the real error");
      t.raise(go);
      equal(await executor.submit(add, 1, 2), 3);
    },
  ),

  clause("P-3", "death by a signal is told by the signal's name", ["processes", "crashes"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const error = await rejects(executor.submit(killItself, "SIGKILL"), crashed, "the call that dies");
    const { signal, exitCode } = error as { signal?: unknown; exitCode?: unknown };
    equal([signal, exitCode], ["SIGKILL", undefined]);
    equal(await executor.submit(add, 1, 2), 3);
  }),
];
