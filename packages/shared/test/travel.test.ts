/** How shared objects get from one thread or process to another: in arguments, in results, inside of others. */
import { deserialize, serialize } from "@concurrent-futures/core";
import { Lock, RLock, SharedArray, Value } from "@concurrent-futures/shared";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import { ProcessPoolExecutor } from "../../process-executor/dist/index.js";
import { ThreadPoolExecutor } from "../../thread-executor/dist/index.js";
import * as forged from "./fixtures/forged.js";
import * as tasks from "./fixtures/lock-tasks.js";
import * as relay from "./fixtures/relay.js";

const EXECUTORS = { thread: ThreadPoolExecutor, process: ProcessPoolExecutor };
type Kind = keyof typeof EXECUTORS;
type Pool<I extends readonly unknown[] = readonly unknown[]> = ThreadPoolExecutor<I> | ProcessPoolExecutor<I>;

const pools: Pool<never>[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.killWorkers())));
const lasting = {
  thread: new ThreadPoolExecutor({ maxWorkers: 1 }),
  process: new ProcessPoolExecutor({ maxWorkers: 1 }),
};
afterAll(() => Promise.all([lasting.thread.killWorkers(), lasting.process.killWorkers()]));

function make<I extends readonly unknown[]>(
  kind: Kind,
  options: ConstructorParameters<typeof ThreadPoolExecutor<I>>[0] & { env?: never } = {},
): Pool<I> {
  const pool = new EXECUTORS[kind]<I>({ maxWorkers: 1, ...options });
  pools.push(pool as never);
  return pool;
}

test("what came from here is the same object when it comes back", () => {
  for (const object of [new Value("int8"), new SharedArray("int8", 1), new Lock(), new RLock()]) {
    const Class = object.constructor as unknown as { [deserialize](state: unknown): unknown };
    expect(Class[deserialize](object[serialize]())).toBe(object);
  }
});

describe.each(["thread", "process"] as const)("with a %s", (kind) => {
  test("in initArgs: all workers have it", async () => {
    const counter = new Value("int32");
    const pool = make(kind, { maxWorkers: 2, initializer: tasks.keep, initArgs: [counter] });
    const before = await pool.map(tasks.addToKept, [1, 2, 3, 4]);
    expect(before.every((n) => typeof n === "number")).toBe(true);
    expect(counter.value).toBe(10);
  });

  const pool = lasting[kind];

  test("in arguments and results it keeps its type, its identity and its lock", async () => {
    const counter = new Value("int32", 5);
    expect(await pool.submit(tasks.add, counter, 2)).toBe(5);
    expect(counter.value).toBe(7);
    expect(await pool.submit(tasks.same, counter)).toBe(counter);
    expect(await pool.submit(tasks.same<unknown>, counter.getLock())).toBe(counter.getLock());
    const big = new Value("biguint64", 2n ** 64n - 1n);
    expect(await pool.submit(tasks.same, big)).toBe(big);
    expect(big.value).toBe(2n ** 64n - 1n);
    for (const type of ["int8", "uint16", "float32", "float64"] as const) {
      const value = new Value(type, 3);
      const back = (await pool.submit(tasks.same<unknown>, value)) as Value;
      expect([back, back.type, back.value]).toEqual([value, type, 3]);
    }
  });

  test("an array: written there, read here", async () => {
    const array = new SharedArray("float64", 1000);
    expect(await pool.submit(tasks.fill, array, 2)).toBe(1000);
    expect(array.get(999)).toBe(1998);
    expect(array.array.slice(0, 3)).toEqual(new Float64Array([0, 2, 4]));
    const empty = new SharedArray("float64", 0);
    expect(await pool.submit(tasks.fill, empty, 2)).toBe(0);
  });

  test("inside objects, arrays and Maps; twice in a message it is one object, and its lock is its lock", async () => {
    const [one, other] = [new Value("int32"), new Value("int32")];
    const map = new Map([
      ["one", one],
      ["other", other],
    ]);
    expect(await pool.submit(tasks.touchNest, { list: [one, one], map, lock: one.getLock() })).toEqual([2, true]);
    expect([one.value, other.value]).toEqual([3, 1]);
    expect(await pool.submit(tasks.touchNest, { list: [], map, lock: new Lock() })).toEqual([2, false]);
    const sent = { map, lock: other.getLock() };
    const back = (await pool.submit(tasks.same<unknown>, sent)) as typeof sent;
    expect(back.map.get("one")).toBe(one);
    expect(back.lock).toBe(other.getLock());
  });

  test("a value and its lock, sent apart from each other, belong together", async () => {
    const counter = new Value("int32");
    using _ = counter.getLock().acquireSync();
    expect(await pool.submit(tasks.tries, counter.getLock(), 0)).toBe(false);
    const waiting = pool.submit(tasks.countLocked, counter, 1);
    expect(await pool.submit(tasks.same, 1).cancel()).toBe(true); // the worker waits
    expect(counter.value).toBe(0);
    counter.getLock().release();
    await waiting;
    expect(counter.value).toBe(1);
  });

  test("made there and returned, it lives on after its worker", async () => {
    const pool = make(kind, { maxTasksPerWorker: 1 });
    const value = await pool.submit(tasks.makeValue, 42);
    const array = await pool.submit(tasks.makeArray, [1, 2, 3]);
    const lock = await pool.submit(tasks.makeLock);
    await pool.shutdown();
    expect([value.value, value.add(1), value.value]).toEqual([42, 42, 43]);
    expect([...array]).toEqual([1, 2, 3]);
    expect(lock.acquireSync().abandoned).toBe(false);
    const other = lasting[kind];
    expect(await other.submit(tasks.add, value, 7)).toBe(43);
    expect(await other.submit(tasks.fill, array, 3)).toBe(3);
    expect(await other.submit(tasks.tries, lock, 0)).toBe(false);
    expect([value.value, array.get(2)]).toEqual([50, 6]);
  });

  test("made in one worker, sent on to another by way of the parent", async () => {
    for (const otherKind of ["thread", "process"] as const) {
      const counter = await make(kind).submit(tasks.makeValue, 1);
      expect(await lasting[otherKind].submit(tasks.add, counter, 1)).toBe(1);
      expect(await make(kind).submit(tasks.read, counter)).toBe(2);
    }
  });

  test.each(["thread", "process"] as const)("sent on to a %s of the worker's own, and made there", async (further) => {
    const counter = new Value("int32", 1);
    expect(await pool.submit(relay.addFurtherOn, further, counter, 5)).toBe(1);
    expect(counter.value).toBe(6);
    const made = await pool.submit(relay.makeFurtherOn, further, 9);
    expect(made.add(1)).toBe(9);
    expect(await pool.submit(tasks.read, made)).toBe(10);
  });

  test("many at a time", async () => {
    const values = Array.from({ length: 100 }, (_, n) => new Value("int32", n));
    const doubled = await pool.map(tasks.read, values);
    expect(doubled).toEqual(values.map((value) => value.value));
    const made = await pool.map(tasks.makeValue, doubled);
    expect(made.map((value) => value.value)).toEqual(doubled);
  });
});

test("from a thread of one process to a process of another, all at once", async () => {
  const counter = new Value("int32");
  const all = (["thread", "process"] as const).flatMap((kind) => {
    const pool = make(kind, { maxWorkers: 2 });
    return [1, 2, 3, 4].map((n) => pool.submit(tasks.countLocked, counter, n * 10));
  });
  await Promise.all(all);
  expect(counter.value).toBe(200);
});

test("numbers that a worker made up are refused, and lead to no address where nothing is", async () => {
  const { pid } = process;
  const memory = { pid, fd: 1, address: 4096, bytes: 8, viewed: 8 };
  const wrong = [
    {},
    memory,
    { ...memory, address: 4097 },
    { ...memory, address: 2 ** 47 },
    { ...memory, address: -4096 },
    { ...memory, address: Number.NaN },
    { ...memory, bytes: 2 ** 40 },
    { ...memory, viewed: 2 ** 40 },
    { ...memory, pid: 1 },
    { ...memory, pid: pid + 2 ** 23 },
  ];
  for (const fields of wrong) {
    const error = await lasting.process.submit(forged.forge, fields).exception();
    expect(error).toMatchObject({ code: "ERR_SERIALIZATION", message: expect.stringContaining("shared Value") });
  }
});
