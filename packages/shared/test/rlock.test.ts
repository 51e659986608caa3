/** RLock: a lock that its holder can acquire again. */

import { EventLoopExecutor } from "@concurrent-futures/core";
import { RLock, Value } from "@concurrent-futures/shared";
import { afterAll, describe, expect, test } from "@jest/globals";
import { ProcessPoolExecutor } from "../../process-executor/dist/index.js";
import { ThreadPoolExecutor } from "../../thread-executor/dist/index.js";
import * as tasks from "./fixtures/lock-tasks.js";
import { until } from "./fixtures/until.js";

const threads = new ThreadPoolExecutor({ maxWorkers: 1, abortGrace: 0 });
const processes = new ProcessPoolExecutor({ maxWorkers: 1, abortGrace: 0 });
afterAll(() => Promise.all([threads.killWorkers(), processes.killWorkers()]));

test("it is free after as many releases", async () => {
  const lock = new RLock();
  lock.acquireSync();
  await lock.acquire();
  const third = await lock.acquire({ timeout: 0 });
  lock.release();
  third.release();
  third.release(); // again: nothing
  expect(lock.locked()).toBe(true);
  lock.release();
  expect(lock.locked()).toBe(false);
});

test("guards release what they acquired, in any order, also when the block throws", () => {
  const lock = new RLock();
  const failing = () => {
    using _outer = lock.acquireSync();
    using _inner = lock.acquireSync();
    throw new Error("in the block");
  };
  expect(failing).toThrow("in the block");
  expect(lock.locked()).toBe(false);
  const [first, second] = [lock.acquireSync(), lock.acquireSync()];
  first.release();
  expect(lock.locked()).toBe(true);
  second[Symbol.dispose]();
  second[Symbol.dispose]();
  expect(lock.locked()).toBe(false);
});

test("a guard of before does not release what was acquired later", () => {
  const lock = new RLock();
  const guard = lock.acquireSync();
  lock.release();
  lock.acquireSync();
  guard.release();
  expect(lock.locked()).toBe(true);
  lock.release();
});

test("releasing what is not held is an error", () => {
  const lock = new RLock();
  expect(() => lock.release()).toThrow(expect.objectContaining({ name: "NotHeldError", code: "ERR_NOT_HELD" }));
  lock.acquireSync().release();
  expect(() => lock.release()).toThrow("not held");
});

test("wrong options are thrown at once, also by its holder", () => {
  const lock = new RLock();
  const check = () => {
    expect(() => lock.acquire({ timeout: -1 })).toThrow(RangeError);
    expect(() => lock.acquire({ signal: 5 } as object)).toThrow(TypeError);
    expect(() => lock.acquireSync({ timeout: "1" } as object)).toThrow(TypeError);
    expect(() => lock.acquireSync(5 as never)).toThrow(TypeError);
  };
  check();
  lock.acquireSync();
  check();
  lock.release();
  expect(lock.locked()).toBe(false);
});

test("what its holder acquires at once, before the first of it was granted, is granted, too", async () => {
  const lock = new RLock();
  const guards = await Promise.all([lock.acquire(), lock.acquire(), lock.acquire({ timeout: 60_000 })]);
  expect(guards).toHaveLength(3);
  for (const guard of guards) guard.release();
  expect(lock.locked()).toBe(false);
  const first = lock.acquire(); // not awaited
  lock.acquireSync({ timeout: 0 }).release();
  (await first).release();
  expect(lock.locked()).toBe(false);
});

test("the constructor takes nothing", () => {
  for (const junk of [5, {}, null, "x"]) expect(() => new RLock(junk as never)).toThrow(TypeError);
});

test("tasks of one event loop exclude each other; what a task calls may acquire it again", async () => {
  const lock = new RLock();
  const executor = new EventLoopExecutor({ maxWorkers: 3 });
  let inside = 0;
  const again = async () => {
    using _ = await lock.acquire();
    await new Promise(setImmediate);
  };
  const task = async () => {
    using _ = await lock.acquire();
    inside += 1;
    expect(inside).toBe(1);
    await again();
    lock.acquireSync().release();
    await new Promise(setImmediate);
    inside -= 1;
  };
  await Promise.all([executor.submit(task), executor.submit(task), executor.submit(task)]);
  expect(lock.locked()).toBe(false);
});

describe.each([
  ["a thread", threads],
  ["a process", processes],
] as const)("with %s", (_name, pool) => {
  test("only its holder may release it", async () => {
    const lock = new RLock();
    lock.acquireSync();
    lock.acquireSync();
    expect(await pool.submit(tasks.tries, lock, 0)).toBe(false);
    expect(await pool.submit(tasks.releaseOf, lock)).toBe("ERR_NOT_HELD");
    lock.release();
    expect(await pool.submit(tasks.triesSync, lock, 0)).toBe(false);
    lock.release();
    expect(await pool.submit(tasks.tries, lock, 0)).toBe(true);
    expect(await pool.submit(tasks.releaseOf, lock)).toBe("ERR_NOT_HELD");
  });

  test("one that is killed leaves it, however often it had it", async () => {
    const lock = new RLock();
    const said = new Value("int32");
    const future = pool.submit(tasks.holdTwiceForEver, lock, said);
    await until(() => said.value === 1, "it holds it");
    expect(() => lock.release()).toThrow("Another task, thread or process");
    future.abort();
    const guard = await lock.acquire();
    expect(guard.abandoned).toBe(true);
    expect(lock.acquireSync().abandoned).toBe(false);
    lock.release();
    guard.release();
    expect(lock.locked()).toBe(false);
  });
});
