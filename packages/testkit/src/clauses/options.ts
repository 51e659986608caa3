/** O: options of calls, bound by `with`; and what a task learns of its call. */
import { taskContext } from "@concurrent-futures/core";
import { equal, ok, reasonOf, refuses, rejects, rejectsWith } from "../assertions.js";
import { clause } from "../clause.js";
import {
  add,
  double,
  hold,
  noteDown,
  place,
  reportAndThrow,
  reportSteps,
  seeContext,
  spin,
  untilAborted,
} from "../tasks.js";

const timedOut = { name: "TimeoutError", code: "ERR_TIMEOUT" } as const;
const MUCH_LATER_MS = 20_000; // a deadline may come late, too
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

export const options = [
  clause("O-1", "with() gives the same executor's submit, map and starmap", [], async (t) => {
    const executor = t.create();
    const bound = executor.with({ name: "bound" });
    equal(await bound.submit(add, 1, 2), 3);
    equal(await bound.map(double, [1, 2]), [2, 4]);
    equal(await bound.starmap(add, [[1, 2]]), [3]);
    await executor.shutdown();
    ok(await reasonOf((async () => bound.submit(add, 1, 2))(), "submit after shutdown"), "it is shut down as well");
  }),

  clause("O-2", "wrong options are refused by with(), by their names", [], async (t) => {
    const executor = t.create();
    const wrong: [string, object][] = [
      ["timeout", { timeout: -1 }],
      ["timeout", { timeout: "5" }],
      ["queueTimeout", { queueTimeout: Number.NaN }],
      ["priority", { priority: "high" }],
      ["retries", { retries: 1.5 }],
      ["retries", { retries: -1 }],
      ["signal", { signal: {} }],
      ["key", { key: 5 }],
    ];
    for (const [option, value] of wrong) refuses(() => executor.with(value), option);
  }),

  clause("O-3", "its signal ends a running call with the signal's reason", [], async (t) => {
    const controller = new AbortController();
    const held = await t.hold(t.create().with({ signal: controller.signal }));
    const reason = new Error("the user left");
    controller.abort(reason);
    equal([held.future.done(), held.future.cancelled()], [true, true]);
    await rejectsWith(held.future, reason, "the call");
  }),

  clause("O-4", "a call whose signal was aborted before never runs", [], async (t) => {
    const executor = t.create();
    const file = t.sign("notes");
    const future = executor.with({ signal: AbortSignal.abort("too late") }).submit(noteDown, file, "ran");
    equal(future.cancelled(), true);
    await rejectsWith(future, "too late", "the call");
    await executor.shutdown();
    equal(t.notes(file), []);
  }),

  clause("O-5", "its signal takes a waiting call back", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const controller = new AbortController();
    const file = t.sign("notes");
    const future = executor.with({ signal: controller.signal }).submit(noteDown, file, "ran");
    controller.abort("not needed");
    await rejectsWith(future, "not needed", "the call");
    held.letGo();
    await executor.shutdown();
    equal(t.notes(file), []);
  }),

  clause("O-6", "`timeout` ends a call that runs for too long, with TimeoutError", [], async (t) => {
    const future = t.create().with({ timeout: 30 }).submit(hold, t.sign("started"), t.sign("go"));
    await rejects(future, timedOut, "the call");
    equal(future.cancelled(), true);
  }),

  clause("O-7", "`timeout` counts from the start of the task, not from the submit", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const waiting = executor.with({ timeout: 20 }).submit(add, 1, 2);
    await reasonOf(held.future.result({ timeout: 100 }), "a longer wait"); // its timer comes after one of 20 ms
    equal(waiting.done(), false);
    held.letGo();
    await Promise.allSettled([waiting]); // on a slow machine it may take too long, now that it runs
  }),

  clause(
    "O-8",
    "`queueTimeout` ends a call that waits for too long: TimeoutError, and it never runs",
    ["maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const held = await t.hold(executor);
      const file = t.sign("notes");
      const waiting = executor.with({ queueTimeout: 20 }).submit(noteDown, file, "ran");
      await rejects(waiting, timedOut, "the call");
      held.letGo();
      await executor.shutdown();
      equal(t.notes(file), []);
    },
  ),

  clause("O-9", "`queueTimeout` leaves a call alone that has started", [], async (t) => {
    const executor = t.create();
    await executor.submit(add, 1, 2);
    // A machine may be so slow that a call does not start in time: then the next try gets more.
    for (let queueTimeout = 100; ; queueTimeout *= 4) {
      const held = await t.hold(executor.with({ queueTimeout }));
      if (held.future.done() && queueTimeout < t.deadline / 8) continue;
      await t.wait(queueTimeout + 50);
      equal(held.future.running(), true);
      held.letGo();
      ok(typeof (await held.future) === "string", "it ends by itself");
      return;
    }
  }),

  clause(
    "O-10",
    "`priority`: higher starts first, 0 is the default, equal ones keep their order",
    ["maxWorkers", "priority"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const held = await t.hold(executor);
      const file = t.sign("notes");
      const calls = [-1, 0, 5, undefined, 5, 1].map((priority, n) =>
        (priority === undefined ? executor : executor.with({ priority })).submit(noteDown, file, n),
      );
      held.letGo();
      await Promise.all(calls);
      equal(t.notes(file), ["2", "4", "5", "1", "3", "0"]);
    },
  ),

  clause(
    "O-11",
    "calls with one `key` run on one worker, in order, one at a time",
    ["maxWorkers", "keys"],
    async (t) => {
      const executor = t.create({ maxWorkers: 2 });
      const keyed = executor.with({ key: "customer 1" });
      const steps = range(4).map((n) => ({ started: t.sign(`started-${n}`), go: t.sign(`go-${n}`) }));
      const calls = steps.map(({ started, go }) => keyed.submit(hold, started, go));
      for (const [n, { started, go }] of steps.entries()) {
        await t.whenRaised(started);
        await t.turns();
        const next = steps[n + 1];
        if (next) equal(t.seen(next.started), false, "the next waits for this one");
        t.raise(go);
      }
      equal(new Set(await Promise.all(calls)).size, 1);
      equal(await keyed.submit(place), await calls[0]);
    },
  ),

  clause("C-1", "abort() reaches the running task as its signal, with the reason", ["cancelRunning"], async (t) => {
    const executor = t.create();
    const [started, file] = [t.sign("started"), t.sign("notes")];
    const future = executor.submit(untilAborted, started, file);
    await t.whenRaised(started);
    future.abort(new Error("not needed any more"));
    await t.until(() => t.notes(file).length > 0, "the task knows");
    equal(t.notes(file), ["not needed any more"]);
    equal(await executor.submit(add, 1, 2), 3);
  }),

  clause("C-2", "so does the option `signal`", ["cancelRunning"], async (t) => {
    const [started, file] = [t.sign("started"), t.sign("notes")];
    const controller = new AbortController();
    const future = t.create().with({ signal: controller.signal }).submit(untilAborted, started, file);
    await t.whenRaised(started);
    controller.abort("the user left");
    await rejectsWith(future, "the user left", "the call");
    await t.until(() => t.notes(file).length > 0, "the task knows");
    equal(t.notes(file), ["the user left"]);
  }),

  clause("C-3", "so does the option `timeout`", ["cancelRunning"], async (t) => {
    const [started, file] = [t.sign("started"), t.sign("notes")];
    const executor = t.create();
    await executor.submit(add, 1, 2);
    // The clock starts with the task, but a slow machine may take its time to load it.
    for (let timeout = 50; !t.seen(started); timeout *= 4) {
      await rejects(executor.with({ timeout }).submit(untilAborted, started, file), timedOut, "the call");
    }
    await t.until(() => t.notes(file).length > 0, "the task knows");
  }),

  clause(
    "C-4",
    "a task that ends on its abort gives its worker to the next",
    ["cancelRunning", "maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const [started, file] = [t.sign("started"), t.sign("notes")];
      const future = executor.submit(untilAborted, started, file);
      await t.whenRaised(started);
      const next = executor.submit(add, 1, 2);
      future.abort("stop");
      equal(await next, 3);
      await executor.shutdown();
      equal(t.notes(file), ["stop"]);
    },
  ),

  clause(
    "C-5",
    "a task that ignores its abort is stopped by force, and no other is harmed",
    ["killRunning", "maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 2, abortGrace: 50 });
      const neighbour = await t.hold(executor);
      const started = t.sign("started");
      const ignoring = executor.submit(spin, started, 2 * t.deadline + MUCH_LATER_MS);
      await t.whenRaised(started);
      equal(ignoring.abort("stop"), true);
      equal(await Promise.all(range(5).map((n) => executor.submit(add, n, n))), [0, 2, 4, 6, 8]);
      equal(neighbour.future.done(), false);
      neighbour.letGo();
      ok(typeof (await neighbour.future) === "string", "the neighbour ends by itself");
    },
  ),

  clause("T-1", "a task knows its name and worker, also after an `await`", ["taskContext"], async (t) => {
    const executor = t.create();
    const seen = await executor.submit(seeContext);
    equal([seen.name, seen.aborted], ["seeContext", false]);
    ok(Number.isInteger(seen.workerId) && seen.workerId >= 1, `workerId: ${seen.workerId}`);
    equal((await executor.with({ name: "mine" }).submit(seeContext)).name, "mine");
    equal(taskContext().workerId, 0); // outside of any task
  }),

  clause("T-2", "progress arrives in order, before the future is done", ["progress"], async (t) => {
    const future = t.create().submit(reportSteps, 5);
    const seen: unknown[] = [];
    future.addProgressCallback((step) => void seen.push([step, future.done()]));
    future.addDoneCallback(() => void seen.push("done"));
    equal(await future, "returned");
    equal(seen, [...range(5).map((n) => [{ step: n + 1, of: 5 }, false]), "done"]);
  }),

  clause("T-3", "what a task reported before it failed arrives too", ["progress"], async (t) => {
    const future = t.create().submit(reportAndThrow);
    const seen: unknown[] = [];
    future.addProgressCallback((value) => void seen.push(value));
    await rejects(future, { message: /no further/ }, "the call");
    equal(seen, ["so far"]);
  }),
];
