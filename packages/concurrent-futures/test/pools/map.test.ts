/** map and starmap over the pools. */
import { expect, test } from "@jest/globals";
import { ExecutorShutdownError, importTasks, inline, type MapResults, partial } from "concurrent-futures";
import { add, addLater, square } from "../fixtures/arithmetic.js";
import { noteDown } from "../fixtures/holding.js";
import { after, exitAt, failAt, failWithTimeout, noteAndWaitAt } from "../fixtures/mapped.js";
import { place } from "../fixtures/places.js";
import { everyPool, failureOf } from "./every-pool.js";
import { Signs, until } from "./signs.js";

const signs = new Signs();
const fresh = <const N extends readonly string[]>(...names: N) =>
  names.map((name) => signs.fresh(name)) as { [K in keyof N]: string };
const range = (count: number) => Array.from({ length: count }, (_, n) => n);
const offset = 7;

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

/** An input that says how far it was read, and whether it was closed. */
function counting(items: Iterable<number>) {
  const source = { taken: 0, closed: false, items: generate() };
  function* generate() {
    try {
      for (const item of items) {
        source.taken += 1;
        yield item;
      }
    } finally {
      source.closed = true;
    }
  }
  return source;
}

function* naturals() {
  for (let n = 0; ; n++) yield n;
}

everyPool("map", ({ create, share }) => {
  const pool = share();

  test("results come in the input's order, whatever order the tasks end in", async () => {
    expect(await pool().map(after, [60, 5, 40, 1, 20])).toEqual([60, 5, 40, 1, 20]);
  });

  test("it streams with for await, and collects with await", async () => {
    expect(await readAll(pool().map(square, range(20)))).toEqual({ read: range(20).map((n) => n * n) });
    expect(await pool().map(square, range(20))).toEqual(range(20).map((n) => n * n));
    expect(await pool().map(square, [])).toEqual([]);
  });

  test("an item that is done early can be read while a later one still runs", async () => {
    const [file, started, go] = fresh("notes", "started", "go");
    const results = pool().map(partial(noteAndWaitAt, file, 3, started, go), range(4), { chunkSize: 1 });
    const first = await results.next();
    expect(first.value).toBe(0);
    await signs.until(started);
    signs.raise(go);
    expect(await results).toEqual([1, 2, 3]);
  });

  test("starmap spreads each item over the parameters", async () => {
    expect(
      await pool().starmap(add, [
        [1, 2],
        [3, 4],
      ]),
    ).toEqual([3, 7]);
    expect(await pool().starmap(addLater, new Map([[1, 2]]))).toEqual([3]);
  });

  test.each([1, 2, 7, 1000, "auto"] as const)("with chunkSize %p the results are the same", async (chunkSize) => {
    expect(await pool().map(square, range(100), { chunkSize })).toEqual(range(100).map((n) => n * n));
  });

  test("tens of thousands of items arrive complete and in order", async () => {
    const results = await pool().map(square, range(30_000));
    expect(results).toHaveLength(30_000);
    expect(results.every((value, n) => value === n * n)).toBe(true);
  });

  test("arrays, typed arrays, Sets, Maps, generators and async iterables can be mapped", async () => {
    async function* later() {
      for (const n of [1, 2, 3]) yield await Promise.resolve(n);
    }
    function* now() {
      yield* [1, 2, 3];
    }
    for (const input of [[1, 2, 3], new Uint8Array([1, 2, 3]), new Set([1, 2, 3]), now(), later()]) {
      expect(await pool().map(square, input)).toEqual([1, 4, 9]);
    }
  });

  test("references, partials and inline functions can be mapped", async () => {
    const tasks = importTasks<typeof import("../fixtures/arithmetic.js")>(
      new URL("../fixtures/arithmetic.js", import.meta.url),
    );
    expect(await pool().map(tasks.square, [1, 2])).toEqual([1, 4]);
    expect(await pool().map(partial(add, 10), [1, 2])).toEqual([11, 12]);
    expect(
      await pool().map(
        inline((n: number) => n + offset, { captures: { offset } }),
        [1, 2],
      ),
    ).toEqual([8, 9]);
    expect(await pool().map((n: number) => n - 1, [1, 2])).toEqual([0, 1]);
  });

  test("work starts at the call, not at the first read", async () => {
    const file = signs.fresh("notes");
    const results = pool().map(partial(noteDown, file), ["a", "b", "c"]);
    await until(() => signs.notes(file).length === 3, "all have run");
    expect(await results).toEqual(["a", "b", "c"]);
  });

  test("a map that nobody reads does not block shutdown, and is complete after it", async () => {
    const own = create();
    const results = own.map(square, range(500));
    await own.shutdown();
    expect(await results).toEqual(range(500).map((n) => n * n));
  });

  test("with bufferSize, exactly so many items are pulled in the call, and one more for each that is read", async () => {
    const source = counting(naturals());
    const results = pool().map(square, source.items, { bufferSize: 5 });
    expect(source.taken).toBe(5);
    for (let n = 0; n < 4; n++) {
      expect((await results.next()).value).toBe(n * n);
      expect(source.taken).toBe(6 + n);
    }
    await results.return?.();
    expect(source.closed).toBe(true);
  });

  test("an endless input is read only a bounded number of items ahead", async () => {
    const source = counting(naturals());
    const read: number[] = [];
    for await (const result of pool().map(square, source.items)) {
      read.push(result);
      if (read.length === 50) break;
    }
    expect(read).toEqual(range(50).map((n) => n * n));
    expect(source.taken).toBeLessThan(10_000);
    expect(source.closed).toBe(true);
  });

  test("an endless async input, too", async () => {
    let closed = false;
    async function* endless() {
      try {
        yield* naturals();
      } finally {
        closed = true;
      }
    }
    const results = pool().map(square, endless());
    for (let n = 0; n < 100; n++) expect((await results.next()).value).toBe(n * n);
    await results[Symbol.asyncDispose]();
    await until(() => closed, "the input is closed"); // when it has answered what it was asked
  });

  test("leaving the loop early cancels what has not started", async () => {
    const own = create({ maxWorkers: 1 });
    const [file, started, go] = fresh("notes", "started", "go");
    const task = partial(noteAndWaitAt, file, 2, started, go);
    for await (const result of own.map(task, range(50), { chunkSize: 1 })) {
      if (result === 1) {
        await signs.until(started);
        break;
      }
    }
    signs.raise(go);
    await own.shutdown();
    expect(signs.notes(file)).toEqual(["0", "1", "2"]);
  });

  test.each([1, 2, 3, "auto"] as const)(
    "the first failing item throws at its turn, after those before it (chunkSize %p)",
    async (chunkSize) => {
      const outcome = await readAll(pool().map(partial(failAt, 5, new RangeError("five")), range(12), { chunkSize }));
      expect(outcome.read).toEqual([0, 1, 2, 3, 4]);
      expect(outcome.error).toBeInstanceOf(RangeError);
    },
  );

  test("a failing item cancels what has not started", async () => {
    const own = create({ maxWorkers: 1 });
    const [file, started, go] = fresh("notes", "started", "go");
    const first = own.submit(noteAndWaitAt, file, -1, started, go, -1);
    await signs.until(started);
    const results = own.map(partial(failAt, 0, "stop"), range(3), { chunkSize: 1 });
    const behind = own.map(partial(noteDown, file), ["a", "b"], { chunkSize: 1 });
    signs.raise(go);
    expect(await failureOf(() => results)).toBe("stop");
    expect(await behind).toEqual(["a", "b"]); // another map, not harmed
    expect(await first).toBe(-1);
  });

  test.each([undefined, null, 0, "", false])(
    "an item that throws %p fails the map with exactly that",
    async (value) => {
      let seen: { error: unknown } | undefined;
      await pool()
        .map(partial(failAt, 1, value), range(3))
        .then(undefined, (error: unknown) => {
          seen = { error };
        });
      expect(seen).toEqual({ error: value });
    },
  );

  test.each([1, 4, "auto"] as const)(
    "an item that cannot be sent fails at its turn; those before it are delivered (chunkSize %p)",
    async (chunkSize) => {
      const outcome = await readAll(pool().map((item: unknown) => typeof item, [1, "two", () => 3, 4], { chunkSize }));
      expect(outcome.read).toEqual(["number", "string"]);
      expect(outcome.error).toMatchObject({ code: "ERR_SERIALIZATION", side: "argument" });
    },
  );

  test.each([1, 4] as const)(
    "a result that cannot be sent fails at its turn; those before it are delivered (chunkSize %p)",
    async (chunkSize) => {
      const give = (n: number): unknown => (n === 2 ? () => {} : n);
      const outcome = await readAll(pool().map(give, range(6), { chunkSize }));
      expect(outcome.read).toEqual([0, 1]);
      expect(outcome.error).toMatchObject({ code: "ERR_SERIALIZATION", side: "result" });
    },
  );

  test("a worker that dies fails the map at the item, and the pool goes on", async () => {
    const own = create({ maxWorkers: 1 });
    const outcome = await readAll(own.map(partial(exitAt, 3), range(6), { chunkSize: 1 }));
    expect(outcome.read).toEqual([0, 1, 2]);
    expect(outcome.error).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 9 });
    expect(await own.map(square, [2])).toEqual([4]);
  });

  test("an input that throws fails the iteration after the items before it, and leaves the pool usable", async () => {
    function* broken() {
      yield 1;
      throw new RangeError("the input's own");
    }
    const outcome = await readAll(pool().map(square, broken()));
    expect(outcome.error).toMatchObject({ message: "the input's own" });
    function* brokenAtOnce() {
      if (offset > 0) throw new RangeError("at once");
      yield 1;
    }
    await expect(pool().map(square, brokenAtOnce()).next()).rejects.toMatchObject({ message: "at once" });
    expect(await pool().map(square, [3])).toEqual([9]);
  });

  test("a map on a pool that was shut down fails at its first next()", async () => {
    const own = create();
    await own.shutdown();
    await expect(own.map(square, [1]).next()).rejects.toBeInstanceOf(ExecutorShutdownError);
  });

  test("`timeout` is one deadline from the call; at expiry what has not started never starts", async () => {
    const own = create({ maxWorkers: 1 });
    await own.ready();
    const [file, started, go] = fresh("notes", "started", "go");
    const results = own.map(partial(noteAndWaitAt, file, 1, started, go), range(6), { timeout: 300, chunkSize: 1 });
    const outcome = await readAll(results);
    expect(outcome.error).toMatchObject({ code: "ERR_TIMEOUT" });
    expect(outcome.read.length).toBeLessThanOrEqual(1);
    signs.raise(go);
    await own.shutdown();
    expect(signs.notes(file).length).toBeLessThanOrEqual(2);
  });

  test("a map that is quick enough is not touched by its timeout", async () => {
    expect(await pool().map(square, range(10), { timeout: 20_000 })).toHaveLength(10);
  });

  test("a task's own TimeoutError is the task's, not the map's", async () => {
    const error = await failureOf(() => pool().map(failWithTimeout, [1], { timeout: 20_000 }));
    expect(error).toMatchObject({ code: "ERR_TIMEOUT", message: "The task's own" });
  });

  test("`signal` ends the iteration with its reason and cancels what has not started", async () => {
    const own = create({ maxWorkers: 1 });
    const [file, started, go] = fresh("notes", "started", "go");
    const controller = new AbortController();
    const { signal } = controller;
    const results: MapResults<number> = own.map(partial(noteAndWaitAt, file, 0, started, go), range(9), {
      signal,
      chunkSize: 1,
    });
    const outcome = readAll(results);
    await signs.until(started);
    controller.abort("enough");
    expect(await outcome).toEqual({ read: [], error: "enough" });
    signs.raise(go);
    await own.shutdown();
    expect(signs.notes(file)).toEqual(["0"]);
    const late = create().map(square, [1], { signal });
    expect(await failureOf(() => late)).toBe("enough");
  });

  test("options bound with with() hold for every item", async () => {
    const own = create({ maxWorkers: 2 });
    await own.ready();
    expect(new Set(await own.with({ key: "one place" }).starmap(place, [[], [], []])).size).toBe(1);
    const error = await failureOf(() => own.with({ timeout: 30 }).map(after, [1, 20_000]));
    expect(error).toMatchObject({ code: "ERR_TIMEOUT" });
  });

  test("two maps at once do not disturb each other", async () => {
    const both = await Promise.all([pool().map(square, range(300)), pool().map(partial(add, 1), range(300))]);
    expect(both).toEqual([range(300).map((n) => n * n), range(300).map((n) => n + 1)]);
  });
});
