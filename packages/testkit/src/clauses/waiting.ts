/** W: an executor's futures in `wait` and `asCompleted`. Semantics: concurrent.futures.wait, as_completed, Python 3.14. */
import { asCompleted, type Future, wait } from "@concurrent-futures/core";
import { equal, matches, ok } from "../assertions.js";
import { clause } from "../clause.js";
import { add, throwIt } from "../tasks.js";

/** Reads until the end or an error. */
async function readAll<T>(results: AsyncIterable<T>): Promise<{ read: T[]; error?: unknown }> {
  const read: T[] = [];
  try {
    for await (const result of results) read.push(result);
  } catch (error) {
    return { read, error };
  }
  return { read };
}

export const waiting = [
  clause("W-1", "wait() is told of every end: a result, an error, a cancellation", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const futures: Future<unknown>[] = [held.future, executor.submit(throwIt, 0), executor.submit(add, 1, 2)];
    const all = wait(futures);
    futures[2]?.cancel();
    held.letGo();
    const { done, notDone } = await all;
    equal([done.size, notDone.size], [3, 0]);
    ok(
      futures.every((future) => done.has(future)),
      "each is among them",
    );
    await Promise.allSettled(futures);
  }),

  clause("W-2", "wait({ timeout }) tells which are done, and throws nothing", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const done = executor.submit(add, 1, 2);
    await done;
    const held = await t.hold(executor);
    const pending = executor.submit(add, 1, 2);
    for (const timeout of [0, 5]) {
      const result = await wait<Future<unknown>>([done, held.future, pending], { timeout });
      equal([[...result.done].includes(done), result.done.size, result.notDone.size], [true, 1, 2]);
    }
  }),

  clause("W-3", "FIRST_COMPLETED ends with the first that is done", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 2 });
    const held = await t.hold(executor);
    const quick = executor.submit(add, 1, 2);
    const first = await wait<Future<unknown>>([held.future, quick], { returnWhen: "FIRST_COMPLETED" });
    equal([first.done.has(quick), first.notDone.has(held.future)], [true, true]);
  }),

  clause(
    "W-4",
    "FIRST_EXCEPTION ends with a failure: a success or a cancellation is none",
    ["maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 2 });
      const held = await t.hold(executor);
      const other = await t.hold(executor);
      const failing = executor.submit(throwIt, 0);
      const taken = executor.submit(add, 1, 2);
      let ended = false;
      const first = wait<Future<unknown>>([held.future, other.future, failing, taken], {
        returnWhen: "FIRST_EXCEPTION",
      }).finally(() => {
        ended = true;
      });
      taken.cancel();
      await t.turns();
      equal(ended, false, "after a cancellation");
      other.letGo();
      const { done, notDone } = await first;
      equal([done.has(failing), done.has(other.future), done.has(taken)], [true, true, true]);
      equal([...notDone].length, 1);
      equal(notDone.has(held.future), true);
      equal(await failing.exception(), 0);
    },
  ),

  clause("W-5", "asCompleted() gives futures as they end, those done already first", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 3 });
    const [a, b, c] = [await t.hold(executor), await t.hold(executor), await t.hold(executor)];
    b.letGo();
    await b.future;
    const order = asCompleted([a.future, b.future, c.future, c.future]);
    equal((await order.next()).value === b.future, true, "the one that is done comes first");
    c.letGo();
    equal((await order.next()).value === c.future, true, "then the one that ends next");
    a.letGo();
    equal((await order.next()).value === a.future, true, "then the last");
    equal((await order.next()).done, true);
  }),

  clause(
    "W-6",
    "asCompleted({ timeout }) gives those that are done, then says how many are not",
    ["maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const done = [executor.submit(add, 1, 2), executor.submit(throwIt, "bad")];
      await Promise.allSettled(done);
      const held = await t.hold(executor);
      const pending = executor.submit(add, 1, 2);
      for (const timeout of [0, 20]) {
        const { read, error } = await readAll(
          asCompleted<Future<unknown>>([held.future, ...done, pending], { timeout }),
        );
        equal(read.length, 2);
        ok(
          done.every((future) => read.includes(future)),
          "those that are done were given",
        );
        matches(error, { code: "ERR_TIMEOUT", message: /2 \(of 4\) futures unfinished/ }, `timeout: ${timeout}`);
      }
      held.letGo();
      equal(await pending, 3);
    },
  ),
];
