/** F: the future that a call gives. Semantics: concurrent.futures.Future, Python 3.14. */
import { inspect } from "node:util";
import { equal, matches, ok, reasonOf, refuses, rejects, rejectsWith, throws } from "../assertions.js";
import { clause } from "../clause.js";
import { finished, states } from "../states.js";
import { add, addLater, echo, throwIt, throwItLater, throwTypeError } from "../tasks.js";

const falsy = [undefined, null, 0, "", false];
const invalid = { name: "InvalidStateError", code: "ERR_INVALID_STATE" } as const;
const timedOut = { name: "TimeoutError", code: "ERR_TIMEOUT" } as const;

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
];
