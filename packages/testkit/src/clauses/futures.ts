/** F: the future that a call gives. Semantics: concurrent.futures.Future, Python 3.14. */
import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import type { Future } from "@concurrent-futures/core";
import { equal, matches, ok, reasonOf, refuses, rejects, rejectsWith, throws } from "../assertions.js";
import { clause } from "../clause.js";
import { add, addLater, echo, hold, noteDown, throwIt, throwItLater, throwTypeError } from "../tasks.js";

const falsy = [undefined, null, 0, "", false];
const cancelled = { name: "CancelledError", code: "ERR_CANCELLED" } as const;
const timedOut = { name: "TimeoutError", code: "ERR_TIMEOUT" } as const;
const invalid = { name: "InvalidStateError", code: "ERR_INVALID_STATE" } as const;
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

const states = (future: Future<unknown>) => ({
  running: future.running(),
  done: future.done(),
  cancelled: future.cancelled(),
});
const finished = { running: false, done: true, cancelled: false };
const gone = { running: false, done: true, cancelled: true };

/** What is reported meanwhile, as a warning or on the console. */
async function reported(during: () => Promise<void>): Promise<number> {
  const { emitWarning } = process;
  const { error } = console;
  let count = 0;
  const listen = () => {
    count += 1;
  };
  process.emitWarning = listen;
  console.error = listen;
  try {
    await during();
  } finally {
    process.emitWarning = emitWarning;
    console.error = error;
  }
  return count;
}

export const futures = [
  clause("F-1", "a call's future ends with what its function returned", [], async (t) => {
    const future = t.create().submit(add, 1, 2);
    equal(await future, 3);
    equal(states(future), finished);
    equal([await future.result(), await future.exception()], [3, undefined]);
  }),

  clause("F-2", "the value of an async function is what its promise resolves to", [], async (t) => {
    equal(await t.create().submit(addLater, 1, 2), 3);
  }),

  clause("F-3", "what a function throws, or its promise rejects with, is the future's exception", [], async (t) => {
    const executor = t.create();
    for (const task of [throwIt, throwItLater]) {
      const future = executor.submit(task, "thrown");
      await rejectsWith(future, "thrown", "await");
      await rejectsWith(future.result(), "thrown", "result()");
      equal(await future.exception(), "thrown");
      equal(states(future), finished);
    }
  }),

  clause("F-4", "falsy values that are thrown reject too", [], async (t) => {
    const executor = t.create();
    for (const value of falsy) {
      const future = executor.submit(throwIt, value);
      await rejectsWith(future, value, `throw ${JSON.stringify(value)}`);
      await rejectsWith(future.result({ timeout: t.deadline }), value, `result() of throw ${JSON.stringify(value)}`);
    }
  }),

  clause("F-5", "a call that runs is running, and neither done nor cancelled, until it ends", [], async (t) => {
    const held = await t.hold(t.create());
    equal(states(held.future), { running: true, done: false, cancelled: false });
    held.letGo();
    await held.future;
    equal(states(held.future), finished);
  }),

  clause("F-6", "a call that waits for a worker is neither running nor done", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const waiting = executor.submit(add, 1, 2);
    await t.turns();
    equal(states(waiting), { running: false, done: false, cancelled: false });
    held.letGo();
    equal(await waiting, 3);
  }),

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

  clause("F-13", "done callbacks run once each, in order, as often as they were added", [], async (t) => {
    const held = await t.hold(t.create());
    const told: string[] = [];
    const twice = () => void told.push("twice");
    held.future.addDoneCallback((future) => void told.push(future === held.future ? "first" : "another future"));
    held.future.addDoneCallback(twice);
    held.future.addDoneCallback(twice);
    held.future.addDoneCallback(() => void told.push("last"));
    await t.turns();
    equal(told, []);
    held.letGo();
    await held.future;
    await t.turns();
    equal(told, ["first", "twice", "twice", "last"]);
  }),

  clause("F-14", "callbacks have run when an await of the future goes on", [], async (t) => {
    const held = await t.hold(t.create());
    let told = false;
    const awaited = held.future.then(() => told);
    held.future.addDoneCallback(() => {
      told = true;
    });
    held.letGo();
    equal(await awaited, true);
  }),

  clause("F-15", "a callback that is added to a done future runs at once", [], async (t) => {
    const executor = t.create();
    const futures: Future<unknown>[] = [executor.submit(add, 1, 2), executor.submit(throwIt, "bad")];
    await Promise.allSettled(futures);
    for (const future of futures) {
      let told = 0;
      future.addDoneCallback(() => {
        told += 1;
      });
      equal(told, 1);
      await t.turns();
      equal(told, 1);
    }
  }),

  clause("F-16", "a callback that throws, or whose promise rejects, stops no other and is reported", [], async (t) => {
    const held = await t.hold(t.create());
    const told: string[] = [];
    held.future.addDoneCallback(() => {
      throw new Error("The callback's own fault");
    });
    held.future.addDoneCallback(async () => {
      throw new Error("The callback's own fault, later");
    });
    held.future.addDoneCallback(() => void told.push("the next"));
    const reports = await reported(async () => {
      held.letGo();
      ok(typeof (await held.future) === "string", "the result stands");
      await t.turns();
    });
    equal(told, ["the next"]);
    equal(reports, 2, "how many were reported");
  }),

  clause("F-17", "callbacks run in the async context of the submit", [], async (t) => {
    const storage = new AsyncLocalStorage<string>();
    const executor = t.create();
    const sign = [t.sign("started"), t.sign("go")] as const;
    const future = storage.run("of the submit", () => executor.submit(hold, ...sign));
    const seen: unknown[] = [];
    storage.run("of the callback", () => future.addDoneCallback(() => void seen.push(storage.getStore())));
    t.raise(sign[1]);
    await future;
    equal(seen, ["of the submit"]);
  }),

  clause("F-18", "result({ timeout }) gives up with TimeoutError, and leaves the call running", [], async (t) => {
    const held = await t.hold(t.create());
    await rejects(held.future.result({ timeout: 5 }), timedOut, "result({ timeout: 5 })");
    await rejects(held.future.exception({ timeout: 5 }), timedOut, "exception({ timeout: 5 })");
    equal(states(held.future), { running: true, done: false, cancelled: false });
    held.letGo();
    ok(typeof (await held.future.result({ timeout: t.deadline })) === "string", "it ends by itself");
  }),

  clause("F-19", "timeout: 0 looks at the present state", [], async (t) => {
    const executor = t.create();
    const held = await t.hold(executor);
    await rejects(held.future.result({ timeout: 0 }), timedOut, "a running call");
    held.letGo();
    await held.future;
    ok(typeof (await held.future.result({ timeout: 0 })) === "string", "a finished call has its result");
    equal(await held.future.exception({ timeout: 0 }), undefined);
  }),

  clause("F-20", "the longest timeouts do not end at once", [], async (t) => {
    const held = await t.hold(t.create());
    let ended = 0;
    const waits = [2 ** 31, Number.MAX_SAFE_INTEGER, Number.POSITIVE_INFINITY].map((timeout) =>
      held.future.result({ timeout }).finally(() => {
        ended += 1;
      }),
    );
    for (const wait of waits) wait.catch(() => {});
    await reasonOf(held.future.result({ timeout: 50 }), "a shorter wait"); // a timer of 1 ms comes before this one
    equal(ended, 0);
    held.letGo();
    await Promise.all(waits);
  }),

  clause("F-21", "a timeout that is none is refused in the call", [], async (t) => {
    const future = t.create().submit(add, 1, 2);
    for (const timeout of [Number.NaN, -1, "5" as never]) {
      refuses(() => future.result({ timeout }), "timeout");
      refuses(() => future.exception({ timeout }), "timeout");
    }
    equal(await future, 3);
  }),

  clause("F-22", "result({ signal }) gives up with the signal's reason, and leaves the call running", [], async (t) => {
    const held = await t.hold(t.create());
    const controller = new AbortController();
    const reason = new Error("enough");
    const waiting = rejectsWith(held.future.result({ signal: controller.signal }), reason, "result({ signal })");
    controller.abort(reason);
    await waiting;
    await rejectsWith(held.future.result({ signal: controller.signal }), reason, "with an aborted signal");
    equal(states(held.future), { running: true, done: false, cancelled: false });
    held.letGo();
    ok(typeof (await held.future) === "string", "it ends by itself");
  }),

  clause("F-23", "a failure that nobody looks at is no unhandled rejection", [], async (t) => {
    const future = t.create().submit(throwTypeError, "nobody looks");
    await t.until(() => future.done(), "the call has failed");
    await t.turns(); // the trial notices it
    matches(await future.exception(), { name: "TypeError" }, "looking later");
  }),

  clause("F-24", "nothing sets a second outcome: InvalidStateError, and the first stays", [], async (t) => {
    const executor = t.create();
    const value = { first: true };
    const future = executor.submit(echo<unknown>, value);
    const first = await future;
    const failed = executor.submit(throwIt, "first");
    await reasonOf(failed, "the failed call");
    for (const done of [future, failed]) {
      throws(() => done.setResult("second" as never), { ...invalid, message: /finished/ }, "setResult()");
      throws(() => done.setException("second"), { ...invalid, message: /finished/ }, "setException()");
      throws(() => done.setRunningOrNotifyCancel(), { ...invalid, message: /finished/ }, "setRunningOrNotifyCancel()");
    }
    ok((await future) === first, "the first value stays, by identity");
    await rejectsWith(failed, "first", "the first error stays");
  }),

  clause("F-25", "a cancelled future says so to setRunningOrNotifyCancel()", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    throws(() => held.future.setRunningOrNotifyCancel(), invalid, "setRunningOrNotifyCancel() while running");
    const waiting = executor.submit(add, 1, 2);
    waiting.cancel();
    equal(waiting.setRunningOrNotifyCancel(), false);
    throws(() => waiting.setResult(4), { ...invalid, message: /cancelled/ }, "setResult()");
  }),

  clause("F-26", "util.inspect shows a future's state", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const [waiting, failing, taken] = [
      executor.submit(add, 1, 2),
      executor.submit(throwTypeError, "no"),
      executor.submit(add, 1, 2),
    ];
    taken.cancel();
    const shown = [held.future, waiting, taken].map((future) => inspect(future));
    for (const [n, word] of ["running", "pending", "cancelled"].entries()) {
      ok(shown[n]?.includes(word), `expected ${word}, got ${shown[n]}`);
    }
    held.letGo();
    await Promise.allSettled([waiting, failing]);
    ok(/finished returned number/.test(inspect(waiting)), inspect(waiting));
    ok(/finished raised TypeError/.test(inspect(failing)), inspect(failing));
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

  clause("F-31", "a future can be chained, raced and gathered like a promise", [], async (t) => {
    const executor = t.create();
    const [good, bad] = [executor.submit(add, 1, 2), executor.submit(throwIt, "bad")];
    let last = 0;
    const ended = good.finally(() => {
      last += 1;
    });
    equal(await Promise.all([good.then((sum) => 2 * sum), bad.catch((error) => `caught ${error}`), ended]), [
      6,
      "caught bad",
      3,
    ]);
    equal(last, 1);
    equal(await Promise.race([good]), 3);
    equal(
      (await Promise.allSettled([good, bad])).map(({ status }) => status),
      ["fulfilled", "rejected"],
    );
  }),

  clause("F-32", "a callback that is added in a callback runs at once", [], async (t) => {
    const held = await t.hold(t.create());
    const told: string[] = [];
    held.future.addDoneCallback((future) => {
      future.addDoneCallback(() => void told.push("inner"));
      told.push("outer");
    });
    held.letGo();
    await held.future;
    equal(told, ["inner", "outer"]);
  }),
];
