/** M: map and starmap. Semantics: concurrent.futures.Executor.map, Python 3.14; the first error ends the iteration. */
import { partial } from "@concurrent-futures/core";
import { equal, matches, ok, refuses, rejects, rejectsWith } from "../assertions.js";
import { clause } from "../clause.js";
import { add, after, double, failAt, hold, holdAtOne, noteDown, throwAtOne, throwTimeout } from "../tasks.js";

const MOST_AHEAD = 10_000; // items that may be read of an endless input before anybody asks for results
const shutDown = { name: "ExecutorShutdownError", code: "ERR_EXECUTOR_SHUTDOWN" } as const;
const timedOut = { name: "TimeoutError", code: "ERR_TIMEOUT" } as const;
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

/** Reads until the end or an error, and keeps what came before it. */
async function readAll<T>(results: AsyncIterable<T>): Promise<{ read: T[]; error?: unknown }> {
  const read: T[] = [];
  try {
    for await (const result of results) read.push(result);
  } catch (error) {
    return { read, error };
  }
  return { read };
}

/** An input that says how far it was read, and whether it was closed. It does not go on for ever. */
function counting(count = Number.POSITIVE_INFINITY) {
  const source = { taken: 0, closed: false, items: generate() };
  function* generate(): Generator<number> {
    try {
      while (source.taken < count) {
        if (source.taken > 10 * MOST_AHEAD) throw new Error("The input is read without bound");
        yield source.taken++;
      }
    } finally {
      source.closed = true;
    }
  }
  return source;
}

async function* later(items: readonly number[]): AsyncGenerator<number> {
  for (const item of items) {
    await null;
    yield item;
  }
}

export const mapping = [
  clause("M-1", "results come in the order of the items, whatever order the calls end in", [], async (t) => {
    const items = [40, 1, 20, 5, 10];
    const executor = t.create({ maxWorkers: 3 });
    equal((await readAll(executor.map(after, items))).read, items);
    equal(await executor.map(after, items, { chunkSize: 1 }), items);
  }),

  clause("M-2", "results can be iterated with `for await`, and awaited as an array", [], async (t) => {
    const executor = t.create();
    const expected = range(20).map((n) => 2 * n);
    equal(await readAll(executor.map(double, range(20))), { read: expected });
    equal(await executor.map(double, range(20)), expected);
  }),

  clause("M-3", "a map of nothing ends at once", [], async (t) => {
    const executor = t.create();
    equal(await executor.map(double, []), []);
    equal(await readAll(executor.map(double, new Set<number>())), { read: [] });
  }),

  clause("M-4", "work starts at the call, not at the first read", [], async (t) => {
    const file = t.sign("notes");
    const results = t.create().map(partial(noteDown<string>, file), ["a", "b", "c"]);
    await t.until(() => t.notes(file).length === 3, "all have run, though nobody reads");
    equal(await results, ["a", "b", "c"]);
  }),

  clause("M-5", "starmap spreads each item over the parameters", [], async (t) => {
    const executor = t.create();
    const sums = executor.starmap(add, [
      [1, 2],
      [3, 4],
    ]);
    equal(await sums, [3, 7]);
    equal(await executor.starmap(partial(add, 10), [[1], [2]]), [11, 12]);
  }),

  clause("M-6", "an item that fails throws at its turn, after the results before it, and ends it", [], async (t) => {
    const executor = t.create();
    for (const chunkSize of [1, 3, "auto"] as const) {
      const results = executor.map(partial(failAt, 5, "item 5"), range(9), { chunkSize });
      const { read, error } = await readAll(results);
      equal(read, range(5), `chunkSize: ${chunkSize}`);
      matches(error, { message: /item 5/ }, `chunkSize: ${chunkSize}`);
      equal((await results.next()).done, true);
    }
    await rejects(executor.map(partial(failAt, 5, "item 5"), range(9)), { message: /item 5/ }, "awaited");
  }),

  clause("M-7", "an item may fail with a falsy value", [], async (t) => {
    const executor = t.create();
    for (const value of [undefined, null, 0, "", false]) {
      const results = executor.map(partial(throwAtOne, value), range(3));
      equal((await results.next()).value, 0);
      await rejectsWith(results.next(), value, `throw ${JSON.stringify(value)}`);
      await rejectsWith(executor.map(partial(throwAtOne, value), range(3)), value, "awaited");
    }
  }),

  clause("M-8", "after a failure, what has not started never runs", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const [file, started, go] = [t.sign("notes"), t.sign("started"), t.sign("go")];
    const results = executor.map(partial(holdAtOne, true, file, started, go), range(10), { chunkSize: 1 });
    await t.whenRaised(started);
    await rejects(results.next(), { message: /item 0/ }, "item 0");
    t.raise(go);
    await executor.shutdown();
    equal(t.notes(file), []);
  }),

  clause("M-9", "after an early `break`, what has not started never runs", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const [file, started, go] = [t.sign("notes"), t.sign("started"), t.sign("go")];
    const results = executor.map(partial(holdAtOne, false, file, started, go), range(10), { chunkSize: 1 });
    for await (const result of results) {
      equal(result, 0);
      await t.whenRaised(started);
      break;
    }
    t.raise(go);
    await executor.shutdown();
    equal(t.notes(file), []);
  }),

  clause("M-10", "an early `break` and a failure close the input", [], async (t) => {
    const executor = t.create();
    const left = counting();
    for await (const result of executor.map(double, left.items)) if (result === 4) break;
    equal(left.closed, true, "after a break");
    const failed = counting();
    await readAll(executor.map(partial(failAt, 3, "item 3"), failed.items));
    equal(failed.closed, true, "after a failure");
  }),

  clause(
    "M-11",
    "a timeout that is over fails the item that is awaited, and stops what has not started",
    ["maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1 });
      const held = await t.hold(executor);
      const file = t.sign("notes");
      const results = executor.map(partial(noteDown<number>, file), range(5), { timeout: 30 });
      await rejects(results.next(), timedOut, "the first item");
      equal((await results.next()).done, true);
      held.letGo();
      await executor.shutdown();
      equal(t.notes(file), []);
    },
  ),

  clause("M-12", "the timeout is one for the whole iteration, not one for each item", [], async (t) => {
    function* endless() {
      for (;;) yield 1;
    }
    const results = t.create().map(after, endless(), { timeout: 100, bufferSize: 4 });
    const { error } = await readAll(results);
    matches(error, timedOut, "an endless map");
  }),

  clause("M-13", "a TimeoutError of the task's own is the task's", [], async (t) => {
    const results = t.create().map(throwTimeout, ["the task's own"], { timeout: t.deadline });
    await rejects(results, { name: "TimeoutError", message: /the task's own/ }, "the item");
  }),

  clause("M-14", "wrong options are refused in the call", [], async (t) => {
    const executor = t.create();
    const wrong: [string, object][] = [
      ["chunkSize", { chunkSize: 0 }],
      ["chunkSize", { chunkSize: 1.5 }],
      ["bufferSize", { bufferSize: 0 }],
      ["bufferSize", { bufferSize: 2.5 }],
      ["timeout", { timeout: -1 }],
      ["timeout", { timeout: Number.NaN }],
    ];
    for (const [option, options] of wrong) refuses(() => executor.map(double, [1], options), option);
    refuses(() => executor.map(double, 5 as never), "items");
  }),

  clause("M-15", "an input that throws in the call fails the first read, and the executor goes on", [], async (t) => {
    const executor = t.create();
    function* broken() {
      yield 1;
      throw new Error("the input's own");
    }
    const { read, error } = await readAll(executor.map(double, broken()));
    equal(read, []);
    matches(error, { message: /the input's own/ }, "the iteration");
    equal(await executor.submit(add, 1, 2), 3);
  }),

  clause("M-16", "after shutdown the first read fails, not the call", [], async (t) => {
    const executor = t.create();
    await executor.shutdown();
    const results = executor.map(double, [1, 2]);
    await rejects(results.next(), shutDown, "the first read");
    await rejects(executor.starmap(add, [[1, 2]]), shutDown, "starmap, awaited");
  }),

  clause("M-17", "an endless input is read a bounded number of items ahead", [], async (t) => {
    const source = counting();
    const results = t.create().map(double, source.items);
    await t.turns();
    ok(source.taken <= MOST_AHEAD, `read ${source.taken} items ahead of the reader`);
    for (let n = 0; n < 100; n++) equal((await results.next()).value, 2 * n);
    ok(source.taken <= 100 + MOST_AHEAD, `read ${source.taken} items for 100 results`);
    await results.return?.();
  }),

  clause("M-18", "async iterables can be mapped", [], async (t) => {
    const executor = t.create();
    equal(await executor.map(double, later([1, 2, 3])), [2, 4, 6]);
    equal(
      await executor.map(double, later(range(50)), { bufferSize: 3 }),
      range(50).map((n) => 2 * n),
    );
  }),

  clause("M-19", "arrays, typed arrays, Sets, Maps and generators can be mapped", [], async (t) => {
    const executor = t.create();
    for (const input of [[1, 2, 3], new Uint8Array([1, 2, 3]), new Set([1, 2, 3]), [1, 2, 3].values()]) {
      equal(await executor.map(double, input), [2, 4, 6]);
    }
    equal(await executor.starmap(add, new Map([[1, 2]])), [3]);
  }),

  clause(
    "M-20",
    "with bufferSize, exactly so many items are taken in the call, and one for each that is read",
    [],
    async (t) => {
      const source = counting();
      const results = t.create().map(double, source.items, { bufferSize: 5 });
      equal(source.taken, 5);
      for (let n = 0; n < 4; n++) {
        equal((await results.next()).value, 2 * n);
        equal(source.taken, 6 + n);
      }
      await results.return?.();
      equal(source.closed, true);
    },
  ),

  clause("M-21", "results are the same for any chunkSize", [], async (t) => {
    const executor = t.create();
    for (const chunkSize of [1, 2, 7, 1000, "auto"] as const) {
      const results = await executor.map(double, range(100), { chunkSize });
      equal(
        results,
        range(100).map((n) => 2 * n),
        `chunkSize: ${chunkSize}`,
      );
    }
  }),

  clause("M-22", "its signal ends the iteration with the reason", [], async (t) => {
    const executor = t.create();
    const [started, go] = [t.sign("started"), t.sign("go")];
    const controller = new AbortController();
    const { signal } = controller;
    const results = executor.starmap(hold, [[started, go]], { signal });
    const first = rejectsWith(results.next(), "enough", "the read that waits");
    await t.whenRaised(started);
    controller.abort("enough");
    await first;
    equal((await results.next()).done, true);
    await rejectsWith(executor.map(double, [1], { signal }).next(), "enough", "a map with an aborted signal");
  }),

  clause("M-23", "a map that nobody reads does not block shutdown, and is complete after it", [], async (t) => {
    const executor = t.create();
    const results = executor.map(double, range(300));
    await executor.shutdown();
    equal(
      await results,
      range(300).map((n) => 2 * n),
    );
  }),

  clause("M-24", "a map that fails while nobody reads is no unhandled rejection", [], async (t) => {
    const executor = t.create();
    executor.map(partial(failAt, 1, "nobody reads"), range(3));
    await executor.shutdown();
    await t.turns(); // the trial notices it
  }),

  clause("M-25", "a map counts as submitted whole: shutdown({ cancelFutures }) ends it", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const file = t.sign("notes");
    const results = executor.map(partial(noteDown<number>, file), range(100));
    const over = executor.shutdown({ cancelFutures: true });
    await rejects(results, { name: "CancelledError" }, "the map");
    held.letGo();
    await over;
    equal(t.notes(file), []);
  }),
];
