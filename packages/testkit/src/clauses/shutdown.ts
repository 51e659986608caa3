/** D: the end of an executor. Semantics: concurrent.futures.Executor.shutdown, Python 3.14. */
import { equal, ok, rejects, throws } from "../assertions.js";
import { clause } from "../clause.js";
import { add, noteDown, throwIt, untilAborted } from "../tasks.js";

const refused = { name: "ExecutorShutdownError", code: "ERR_EXECUTOR_SHUTDOWN" } as const;
const cancelled = { name: "CancelledError", code: "ERR_CANCELLED" } as const;
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

export const shutdown = [
  clause("D-1", "submit after shutdown throws ExecutorShutdownError at once", [], async (t) => {
    const executor = t.create();
    equal(await executor.submit(add, 1, 2), 3);
    const over = executor.shutdown();
    throws(() => executor.submit(add, 1, 2), refused, "submit during shutdown");
    await over;
    throws(() => executor.submit(add, 1, 2), refused, "submit after shutdown");
    throws(() => executor.with({ name: "bound" }).submit(add, 1, 2), refused, "with().submit after shutdown");
  }),

  clause("D-2", "shutdown() waits for what runs", [], async (t) => {
    const executor = t.create();
    const held = await t.hold(executor);
    let over = false;
    const end = executor.shutdown().then(() => {
      over = true;
    });
    await t.turns();
    equal(over, false);
    held.letGo();
    await end;
    equal([held.future.done(), held.future.cancelled()], [true, false]);
  }),

  clause("D-3", "what was submitted before shutdown() still runs", [], async (t) => {
    const executor = t.create({ maxWorkers: 2 });
    const file = t.sign("notes");
    const calls = range(30).map((n) => executor.submit(noteDown, file, n));
    const failing = executor.submit(throwIt, "bad");
    await executor.shutdown();
    ok(
      [...calls, failing].every((future) => future.done()),
      "all are done",
    );
    equal(await Promise.all(calls), range(30));
    equal(t.notes(file).length, 30);
    equal(await failing.exception(), "bad");
  }),

  clause("D-4", "with `wait: false` it returns at once, and what was submitted still runs", [], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const calls = range(3).map((n) => executor.submit(add, n, 1));
    await executor.shutdown({ wait: false });
    equal(held.future.done(), false);
    throws(() => executor.submit(add, 1, 2), refused, "submit");
    held.letGo();
    equal(await Promise.all(calls), [1, 2, 3]);
  }),

  clause("D-5", "it may be called many times, and waits when that is asked for after `wait: false`", [], async (t) => {
    const executor = t.create();
    const held = await t.hold(executor);
    await executor.shutdown({ wait: false });
    let over = false;
    const ends = [executor.shutdown(), executor.shutdown({ wait: true })].map((end) =>
      end.then(() => {
        over = true;
      }),
    );
    await t.turns();
    equal(over, false);
    held.letGo();
    await Promise.all(ends);
    equal(held.future.done(), true);
    await executor.shutdown();
  }),

  clause("D-6", "`cancelFutures` leaves no future pending: each has its result, or is cancelled", [], async (t) => {
    const executor = t.create({ maxWorkers: 2 });
    const calls = range(50).map((n) => executor.submit(add, n, 1));
    await executor.shutdown({ cancelFutures: true });
    for (const [n, call] of calls.entries()) {
      equal(call.done(), true);
      if (call.cancelled()) await rejects(call, cancelled, "a call that had not started");
      else equal(await call, n + 1);
    }
  }),

  clause("D-7", "`cancelFutures` cancels what waits, and lets finish what runs", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const file = t.sign("notes");
    const waiting = range(5).map((n) => executor.submit(noteDown, file, n));
    const over = executor.shutdown({ cancelFutures: true });
    ok(
      waiting.every((call) => call.cancelled()),
      "what waits is cancelled at once",
    );
    equal(held.future.done(), false);
    held.letGo();
    await over;
    equal(held.future.cancelled(), false);
    equal(t.notes(file), []);
  }),

  clause("D-8", "`cancelFutures` counts in a later call too", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const waiting = range(3).map(() => executor.submit(add, 1, 2));
    const over = executor.shutdown();
    void executor.shutdown({ wait: false, cancelFutures: true });
    ok(
      waiting.every((call) => call.cancelled()),
      "what waits is cancelled",
    );
    held.letGo();
    await over;
  }),

  clause("D-9", "an executor that ran nothing shuts down", [], async (t) => {
    const executor = t.create();
    await executor.shutdown();
    throws(() => executor.submit(add, 1, 2), refused, "submit");
  }),

  clause("D-10", "`await using` shuts the executor down at the end of the block", [], async (t) => {
    const executor = t.create();
    const call = executor.submit(add, 1, 2);
    await executor[Symbol.asyncDispose]();
    equal(call.done(), true);
    throws(() => executor.submit(add, 1, 2), refused, "submit");
  }),

  clause("D-11", "calls that were cancelled do not keep shutdown() waiting", [], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const calls = range(20).map(() => executor.submit(add, 1, 2));
    for (const call of calls) call.cancel();
    await executor.shutdown();
    ok(
      calls.every((call) => call.done()),
      "all are done",
    );
  }),

  clause("D-12", "neither do calls that were aborted while they ran", ["cancelRunning"], async (t) => {
    const executor = t.create();
    const [started, file] = [t.sign("started"), t.sign("notes")];
    const future = executor.submit(untilAborted, started, file);
    await t.whenRaised(started);
    future.abort("stop");
    await executor.shutdown();
    equal(future.cancelled(), true);
  }),
];
