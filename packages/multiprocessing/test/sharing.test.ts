/** What is shared with processes: in their arguments, and in a pool's initArgs. */

import { activeChildren, Pipe, Pool, Process } from "@concurrent-futures/multiprocessing";
import { Barrier, Event, Lock, Queue, SharedArray, Value } from "@concurrent-futures/shared";
import { afterEach, expect, test } from "@jest/globals";
import {
  addAtomically,
  answer,
  countBelow,
  countWithLock,
  countWithLockLater,
  countWithoutLock,
  fill,
  holdForEver,
  increment,
  initialize,
  produce,
} from "./fixtures/sharing.js";

afterEach(async () => {
  const left = activeChildren();
  for (const child of left) child.kill();
  await Promise.all(left.map((child) => child.join()));
});

/** Runs them at once; all must end well. */
async function run(...children: readonly Process[]): Promise<void> {
  for (const child of children) child.start();
  for (const child of children) await child.join();
  expect(children.map(({ exitCode }) => exitCode)).toEqual(children.map(() => 0));
}

test("two processes count: with getLock() no update is lost", async () => {
  const [counter, start] = [new Value("int32"), new Barrier(2)];
  const child = () => new Process({ target: countWithLock, args: [counter, 20_000, start] });
  await run(child(), child());
  expect(counter.value).toBe(40_000);
});

test("two processes count: without a lock updates are lost, all of them where both read before either writes", async () => {
  const [counter, both] = [new Value("int32"), new Barrier(2)];
  const child = () => new Process({ target: countWithoutLock, args: [counter, 100, both] });
  await run(child(), child());
  expect(counter.value).toBe(100);
});

test("the asynchronous lock, add(), and processes below processes count right as well", async () => {
  const counter = new Value("int32", 5);
  await run(
    new Process({ target: countWithLockLater, args: [counter, 200] }),
    new Process({ target: countWithLockLater, args: [counter, 200] }),
  );
  expect(counter.value).toBe(405);
  await run(
    new Process({ target: addAtomically, args: [counter, 100_000] }),
    new Process({ target: countBelow, args: [counter, 100_000] }),
  );
  expect(counter.value).toBe(300_405);
});

test("shared objects inside of objects and arrays", async () => {
  const [counter, numbers] = [new Value("int32"), new SharedArray("float64", 100)];
  await run(new Process({ target: fill, args: [{ counter, numbers: [numbers] }] }));
  expect(counter.value).toBe(100);
  expect(numbers.get(99)).toBe(49.5);
});

test("a lock that a killed process held is free, and its guard says so", async () => {
  const [lock, held] = [new Lock(), new Event()];
  const child = new Process({ target: holdForEver, args: [lock, held] });
  child.start();
  await held.wait();
  await expect(lock.acquire({ timeout: 20 })).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
  child.kill();
  const guard = await lock.acquire({ timeout: 50_000 });
  expect(guard.abandoned).toBe(true);
  guard.release();
  await child.join();
});

test("a queue from two processes, in order for each of them", async () => {
  const queue = new Queue<{ name: string; n: number }>({ maxSize: 3 });
  const children = ["a", "b"].map((name) => new Process({ target: produce, args: [queue, name, 20] }));
  for (const child of children) child.start();
  const seen: Record<string, number[]> = { a: [], b: [] };
  for (let n = 0; n < 40; n++) {
    const item = await queue.get();
    seen[item.name]?.push(item.n);
  }
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  expect(seen).toEqual({ a: numbers, b: numbers });
  await Promise.all(children.map((child) => child.join()));
});

test("a pipe's end as an argument", async () => {
  const [here, there] = Pipe<string>();
  const child = new Process({ target: answer, args: [there] });
  child.start();
  await here.send("a question");
  expect(await here.recv({ timeout: 50_000 })).toBe("heard a question");
  await child.join();
  expect(child.exitCode).toBe(0);
});

test("a pool's workers count in what initArgs brought them", async () => {
  const counter = new Value("int32");
  const pool = new Pool({ processes: 2, initializer: initialize, initArgs: [counter] });
  await pool.starmap(
    increment,
    Array.from({ length: 100 }, () => []),
  );
  pool.close();
  await pool.join();
  expect(counter.value).toBe(100);
});
