import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BoundedSemaphore, Semaphore, SharedArray } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";
import { KINDS, start, until } from "./fixtures/sync-jobs.js";

const notesOf = () => new SharedArray("int32", 4);

test("threads and processes at once: never more inside than there are permits, and all permits are there after", async () => {
  const [semaphore, notes] = [new BoundedSemaphore(2), notesOf()];
  const kinds = [...KINDS, ...KINDS];
  const workers = await Promise.all(kinds.map((kind) => start(kind, "enterAndLeave", [semaphore, notes], 400, 4)));
  await Promise.all(workers.map(({ ended }) => ended));
  expect(notes.array[0]).toBe(0);
  expect(notes.array[1]).toBe(2);
  expect(semaphore.value).toBe(2);
});

describe.each(KINDS)("a killed %s", (kind) => {
  test.each([
    ["sync", 1],
    ["async", 0],
  ])("gives back what it held (%s); those who take it are told", async (_form, sync) => {
    const [semaphore, notes] = [new Semaphore(3), notesOf()];
    const holder = await start(kind, "hold", [semaphore, notes], 2, sync);
    await until(() => notes.array[0] === 1, "the worker holds its permits");
    expect(semaphore.value).toBe(1);
    const own = await semaphore.acquire();
    const waiting = semaphore.acquire();
    await holder.kill();
    const [first, second] = [await waiting, semaphore.acquireSync({ timeout: 0 })];
    expect([own, first, second].map(({ abandoned }) => abandoned)).toEqual([false, true, true]);
    expect(semaphore.value).toBe(0);
    for (const guard of [own, first, second]) guard.release();
    expect((await semaphore.acquire()).abandoned).toBe(false);
    expect(semaphore.value).toBe(2);
  });

  test("has its permits counted by `value` again, although nobody waits", async () => {
    const [semaphore, notes] = [new BoundedSemaphore(2), notesOf()];
    const holder = await start(kind, "hold", [semaphore, notes], 2, 1);
    await until(() => notes.array[0] === 1, "the worker holds its permits");
    expect(semaphore.value).toBe(0);
    expect(() => semaphore.acquireSync({ timeout: 20 })).toThrow(/timeout/);
    await holder.kill();
    expect(semaphore.value).toBe(2);
    expect(() => semaphore.release()).toThrow(/too few are held/);
  });

  test("does not give back what was released for it before", async () => {
    const [semaphore, notes] = [new Semaphore(2), notesOf()];
    const holder = await start(kind, "hold", [semaphore, notes], 2, 1);
    await until(() => notes.array[0] === 1, "the worker holds its permits");
    semaphore.release();
    expect(semaphore.value).toBe(1);
    await holder.kill();
    expect(semaphore.value).toBe(2);
  });

  test("does not bring back the signals of a semaphore that started at 0", async () => {
    const [semaphore, notes] = [new Semaphore(0), notesOf()];
    const consumer = await start(kind, "hold", [semaphore, notes], 3, 0);
    semaphore.release(4);
    await until(() => notes.array[0] === 1, "the worker took three");
    await consumer.kill();
    expect(semaphore.value).toBe(1);
    semaphore.acquireSync({ timeout: 0 });
    expect(() => semaphore.acquireSync({ timeout: 0 })).toThrow(/timeout/);
  });

  test.each([
    ["sync", 1],
    ["async", 0],
  ])("that waited (%s) takes no release with it", async (_form, sync) => {
    const [semaphore, notes] = [new Semaphore(0), notesOf()];
    const waiter = await start(kind, "waitForPermit", [semaphore, notes], sync);
    const waiting = semaphore.acquire();
    await sleep(20);
    await waiter.kill();
    semaphore.release();
    await waiting;
    expect([semaphore.value, notes.array[0]]).toEqual([0, 0]);
  });
});

test("a death among several holders gives back nothing that was given back for one of them", async () => {
  const [semaphore, notes, others] = [new Semaphore(2), notesOf(), notesOf()];
  const holder = await start("process", "hold", [semaphore, notes], 1, 1);
  await until(() => notes.array[0] === 1, "the worker holds a permit");
  const own = semaphore.acquireSync({ timeout: 0 });
  const releaser = await start("thread", "releaseOnly", [semaphore, others], 1); // for the process, or for this thread
  await until(() => others.array[0] === 1, "somebody else released one");
  await holder.kill();
  expect(semaphore.value).toBe(1);
  own.release();
  expect(semaphore.value).toBe(2);
  await releaser.kill();
  expect(semaphore.value).toBe(2);
});

test.each(KINDS)("killed at any moment, a %s neither loses a permit nor doubles one", async (kind) => {
  const semaphore = new BoundedSemaphore(4);
  const survivor = await start("thread", "churn", [semaphore]);
  for (let round = 0; round < 4; round++) {
    const workers = await Promise.all([start(kind, "churn", [semaphore]), start(kind, "churn", [semaphore])]);
    const end = performance.now() + randomInt(5, 40);
    while (performance.now() < end) {
      expect(semaphore.value).toBeLessThanOrEqual(4);
      await new Promise(setImmediate);
    }
    await Promise.all(workers.map((worker) => worker.kill()));
  }
  await survivor.kill();
  expect(semaphore.value).toBe(4);
  for (let i = 0; i < 4; i++) semaphore.acquireSync({ timeout: 0 });
  expect(() => semaphore.acquireSync({ timeout: 0 })).toThrow(/timeout/);
});
