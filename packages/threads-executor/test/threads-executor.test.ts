/** What a user of the `threads` package gets. */
import { ThreadsExecutor } from "@concurrent-futures/threads-executor";
import { afterEach, expect, test } from "@jest/globals";
import { Pool, spawn, Worker } from "threads";
import type { Exposed } from "./fixtures/worker.js";

const executors: ThreadsExecutor<never>[] = [];
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(executors.splice(0).map((executor) => executor.shutdown({ cancelFutures: true })));
  await Promise.all(ends.splice(0).map((end) => end()));
});

const start = () => new Worker("./fixtures/worker.js");

function create(workers: ConstructorParameters<typeof ThreadsExecutor>[0] = start, maxWorkers = 1) {
  const executor = new ThreadsExecutor<Exposed>(workers, { maxWorkers, abortGrace: 20 });
  executors.push(executor as never);
  return executor;
}

function createPool() {
  const pool = Pool(() => spawn(start(), { timeout: 60_000 }), 1); // else it gives up after ten seconds
  ends.push(() => pool.terminate(true));
  return pool;
}

test("exposed functions are submitted and mapped by their references, typed", async () => {
  const executor = create();
  const squared: number = await executor.submit(executor.tasks.square, 3);
  expect(squared).toBe(9);
  expect(await executor.map(executor.tasks.square, [1, 2, 3], { chunkSize: 2 })).toEqual([1, 4, 9]);
  // @ts-expect-error: it takes a number
  const wrong = () => executor.submit(executor.tasks.square, "3");
  // @ts-expect-error: the worker exposes no such function
  const missing = () => executor.tasks.cube;
  expect([typeof wrong, typeof missing]).toEqual(["function", "function"]);
});

test("a function stands for the exposed one of its name", async () => {
  const square = (_n: number): number => Number.NaN;
  expect(await create().submit(square, 4)).toBe(16);
});

test("a worker that exposes one function runs that", async () => {
  type Sum = { default: (a: number, b: number) => number };
  const executor = new ThreadsExecutor<Sum>(() => new Worker("./fixtures/function-worker.js"), { maxWorkers: 1 });
  executors.push(executor as never);
  expect(await executor.submit(executor.tasks.default, 1, 2)).toBe(3);
});

test("what the worker does not expose rejects, with what it does", async () => {
  const executor = create();
  const cube = (n: number) => n ** 3;
  await expect(executor.submit(cube, 2).result()).rejects.toMatchObject({
    code: "ERR_TASK_REFERENCE",
    message: expect.stringMatching(/`cube`.*square, count/),
  });
  await expect(executor.submit((n: number) => n, 2).result()).rejects.toMatchObject({ code: "ERR_TASK_REFERENCE" });
});

test("the values of an observable are progress, and the last one is the result", async () => {
  const executor = create();
  const future = executor.submit(executor.tasks.count, 3);
  const seen: unknown[] = [];
  future.addProgressCallback((value) => seen.push([value, future.done()]));
  const last: number = await future;
  expect(last).toBe(3);
  expect(seen).toEqual([1, 2, 3].map((n) => [n, false]));
});

test("what a function returns is no progress", async () => {
  const executor = create();
  const future = executor.submit(executor.tasks.square, 3);
  const seen: unknown[] = [];
  future.addProgressCallback((value) => seen.push(value));
  await future;
  expect(seen).toEqual([]);
});

test("an aborted observable is unsubscribed from, and its worker stays", async () => {
  const executor = create();
  const future = executor.submit(executor.tasks.count, 1_000_000_000);
  await new Promise<void>((resolve) => future.addProgressCallback(() => resolve()));
  expect(future.abort("enough")).toBe(true);
  await expect(future.result()).rejects.toBe("enough");
  expect(await executor.submit(executor.tasks.square, 2)).toBe(4);
});

test("a function that goes on after its abort loses its worker, and the next call gets a new one", async () => {
  const executor = create();
  const future = executor.with({ timeout: 50 }).submit(executor.tasks.wait);
  await expect(future.result()).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
  expect(await executor.submit(executor.tasks.square, 2)).toBe(4);
});

test("a function that ends just when its worker is ended leaves no dying worker to the next call", async () => {
  const memory = new SharedArrayBuffer(4);
  let workers = 0;
  const executor = create(() => {
    const worker = start();
    workers += 1;
    if (workers > 1) return worker;
    const { terminate } = worker;
    worker.terminate = async () => {
      const result = new Promise((resolve) => worker.once("message", resolve));
      Atomics.store(new Int32Array(memory), 0, 1);
      await result;
      return terminate.call(worker);
    };
    return worker;
  });
  const future = executor.submit(executor.tasks.untilWritten, memory);
  const next = executor.submit(executor.tasks.square, 3);
  while (!future.running()) await new Promise(setImmediate);
  future.abort();
  expect(await next).toBe(9);
  expect(workers).toBe(2);
});

test("a worker that exits fails its call, where threads itself would wait for ever", async () => {
  const executor = create();
  await expect(executor.submit(executor.tasks.exit, 3).result()).rejects.toMatchObject({
    code: "ERR_WORKER_CRASHED",
    exitCode: 3,
  });
  expect(await executor.submit(executor.tasks.square, 2)).toBe(4);
});

test("a rejection that a task left behind ends that task", async () => {
  const executor = create();
  await expect(executor.submit(executor.tasks.stray).result()).rejects.toMatchObject({ message: "left behind" });
  expect(await executor.submit(executor.tasks.square, 2)).toBe(4);
});

test("what cannot be cloned is a SerializationError that says where it is", async () => {
  const executor = create();
  await expect(executor.submit(executor.tasks.describe, { list: [() => 1] }).result()).rejects.toMatchObject({
    code: "ERR_SERIALIZATION",
    side: "argument",
    path: "args[0].list[0]",
  });
  await expect(executor.submit(executor.tasks.returnFunction).result()).rejects.toMatchObject({
    code: "ERR_SERIALIZATION",
    side: "result",
  });
  expect(await executor.submit(executor.tasks.square, 2)).toBe(4);
});

test("a worker that cannot start fails its call, with the reason", async () => {
  const executor = create(() => new Worker("./fixtures/broken-worker.js"));
  await expect(executor.submit(executor.tasks.square, 2).result()).rejects.toMatchObject({
    code: "ERR_BROKEN_THREAD_POOL",
    message: expect.stringMatching(/this worker cannot start/),
  });
});

test("a Pool of the threads package can be used, and stays its owner's", async () => {
  const pool = createPool();
  const executor = create(pool);
  const future = executor.submit(executor.tasks.count, 3);
  const seen: unknown[] = [];
  future.addProgressCallback((value) => seen.push(value));
  expect(await future).toBe(3);
  expect(seen).toEqual([1, 2, 3]);
  expect(await executor.map(executor.tasks.square, [1, 2, 3])).toEqual([1, 4, 9]);
  await executor.shutdown();
  expect(() => executor.submit(executor.tasks.square, 2)).toThrow(/shut down/);
  expect(await pool.queue((thread: { square(n: number): Promise<number> }) => thread.square(5))).toBe(25);
});

test("calls that wait in a Pool can be cancelled", async () => {
  const executor = create(createPool());
  const futures = [1, 2, 3].map((n) => executor.submit(executor.tasks.count, n));
  expect(futures[2]?.cancel()).toBe(true);
  expect(await Promise.all(futures.slice(0, 2))).toEqual([1, 2]);
  await expect(futures[2]?.result()).rejects.toMatchObject({ code: "ERR_CANCELLED" });
});

test("wrong arguments are refused by their names", () => {
  expect(() => new ThreadsExecutor(5 as never)).toThrow(/`workers`/);
  expect(() => new ThreadsExecutor(start, { maxWorkers: 0 })).toThrow(RangeError);
  expect(() => new ThreadsExecutor(start, { abortGrace: "1" as never })).toThrow(/`abortGrace`/);
});
