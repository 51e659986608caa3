/** F: taking calls back. Semantics: concurrent.futures.Future.cancel, Python 3.14; `abort` is an addition. */
import { equal, ok, rejects, rejectsWith, throws } from "../assertions.js";
import { clause } from "../clause.js";
import { finished, gone, states } from "../states.js";
import { add, noteDown, throwIt } from "../tasks.js";

const cancelled = { name: "CancelledError", code: "ERR_CANCELLED" } as const;
const invalid = { name: "InvalidStateError", code: "ERR_INVALID_STATE" } as const;
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

export const cancelling = [
  clause("F-7", "cancel() tells the truth: true, and the call never runs; or false, and it does", [], async (t) => {
    const executor = t.create();
    const file = t.sign("notes");
    const futures = range(20).map((n) => executor.submit(noteDown, file, n));
    const taken = futures.map((future) => future.cancel());
    for (const [n, future] of futures.entries()) {
      if (taken[n]) await rejects(future, cancelled, "a cancelled call");
      else equal(await future, n);
      equal(future.cancelled(), taken[n]);
    }
    await executor.shutdown();
    const ran = range(20).filter((n) => !taken[n]);
    equal(
      t
        .notes(file)
        .map(Number)
        .sort((a, b) => a - b),
      ran,
      "the calls that ran",
    );
  }),

  clause("F-8", "cancel() takes a waiting call back: true, also when asked again", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const file = t.sign("notes");
    const waiting = executor.submit(noteDown, file, "ran");
    equal([waiting.cancel(), waiting.cancel()], [true, true]);
    equal(states(waiting), gone);
    held.letGo();
    await held.future;
    await executor.shutdown();
    equal(t.notes(file), []);
  }),

  clause("F-9", "cancel() of a running call is false, and leaves it alone", [], async (t) => {
    const held = await t.hold(t.create());
    equal(held.future.cancel(), false);
    equal(states(held.future), { running: true, done: false, cancelled: false });
    held.letGo();
    ok(typeof (await held.future) === "string", "the call ends as if nobody had asked");
  }),

  clause("F-10", "cancel() of a finished call is false, and its outcome stands", [], async (t) => {
    const executor = t.create();
    const [good, bad] = [executor.submit(add, 1, 2), executor.submit(throwIt, "bad")];
    await Promise.allSettled([good, bad]);
    equal([good.cancel(), bad.cancel()], [false, false]);
    equal([states(good), states(bad)], [finished, finished]);
    equal(await good, 3);
    await rejectsWith(bad, "bad", "the failed call");
  }),

  clause("F-11", "a cancelled call rejects with CancelledError, however it is asked", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    await t.hold(executor);
    const waiting = executor.submit(add, 1, 2);
    const before = rejects(waiting.result(), cancelled, "result() asked before");
    waiting.cancel();
    await before;
    await rejects(waiting, cancelled, "await");
    await rejects(waiting.exception(), cancelled, "exception()");
  }),

  clause("F-12", "cancelling tells the callbacks before cancel() returns", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    await t.hold(executor);
    const waiting = executor.submit(add, 1, 2);
    const told: boolean[] = [];
    waiting.addDoneCallback((future) => void told.push(future.cancelled()));
    waiting.cancel();
    equal(told, [true]);
    await t.turns();
    equal(told, [true]);
  }),

  clause("F-25", "a cancelled future says so to setRunningOrNotifyCancel()", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    equal(held.future.running(), true); // an executor may look only when it is asked
    throws(() => held.future.setRunningOrNotifyCancel(), invalid, "setRunningOrNotifyCancel() while running");
    const waiting = executor.submit(add, 1, 2);
    waiting.cancel();
    equal(waiting.setRunningOrNotifyCancel(), false);
    throws(() => waiting.setResult(4), { ...invalid, message: /cancelled/ }, "setResult()");
  }),

  clause("F-27", "abort() ends a running call's future at once, with the reason", [], async (t) => {
    const executor = t.create();
    const held = await t.hold(executor);
    const reason = { why: "not needed any more" };
    let told = 0;
    held.future.addDoneCallback(() => {
      told += 1;
    });
    equal(held.future.abort(reason), true);
    equal([told, states(held.future)], [1, gone]);
    await rejectsWith(held.future, reason, "the aborted call");
    equal([held.future.abort("again"), held.future.cancel()], [false, true]);
    await rejectsWith(held.future.result(), reason, "asked again");
  }),

  clause("F-28", "abort() without a reason rejects with an AbortError", [], async (t) => {
    const held = await t.hold(t.create());
    held.future.abort();
    await rejects(held.future, { name: "AbortError" }, "the aborted call");
  }),

  clause("F-29", "abort() of a waiting call means that it never runs", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const file = t.sign("notes");
    const waiting = executor.submit(noteDown, file, "ran");
    equal(waiting.abort("never mind"), true);
    equal(states(waiting), gone);
    await rejectsWith(waiting, "never mind", "the aborted call");
    held.letGo();
    await executor.shutdown();
    equal(t.notes(file), []);
  }),

  clause("F-30", "abort() of a done future is false, and changes nothing", [], async (t) => {
    const future = t.create().submit(add, 1, 2);
    await future;
    equal(future.abort("too late"), false);
    equal(states(future), finished);
    equal(await future, 3);
  }),
];
