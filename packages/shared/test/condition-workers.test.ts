import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Condition, SharedArray } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";
import { KINDS, start, until } from "./fixtures/sync-jobs.js";

const notesOf = () => new SharedArray("int32", 4);

test("threads and processes at once: each item that is announced is taken once", async () => {
  const [condition, notes] = [new Condition(), notesOf()];
  const workers = await Promise.all([
    start("process", "consume", [condition, notes], 100, 1),
    start("thread", "consume", [condition, notes], 100, 0),
    start("process", "produce", [condition, notes], 100),
    start("thread", "produce", [condition, notes], 100),
  ]);
  await Promise.all(workers.map(({ ended }) => ended));
  expect(notes.array[2]).toBe(0);
  expect(notes.array[3]).toBe(200);
  expect(condition.locked()).toBe(false);
});

test("notify() wakes one of those who wait in threads and processes, notifyAll() all", async () => {
  const [condition, notes] = [new Condition(), notesOf()];
  const workers = await Promise.all([
    start("process", "waitOnce", [condition, notes], 1),
    start("thread", "waitOnce", [condition, notes], 1),
    start("thread", "waitOnce", [condition, notes], 0),
  ]);
  await until(() => notes.array[0] === 3, "all begin to wait");
  {
    using _guard = await condition.acquire();
    condition.notify();
  }
  await until(() => notes.array[1] === 1, "one is woken");
  await sleep(30);
  expect(notes.array[1]).toBe(1);
  {
    using _guard = condition.acquireSync();
    condition.notifyAll();
  }
  await Promise.all(workers.map(({ ended }) => ended));
  expect(notes.array[1]).toBe(3);
});

describe.each(KINDS)("a killed %s", (kind) => {
  test.each([
    ["sync", 1],
    ["async", 0],
  ])("that waited (%s) swallows no notification", async (_form, sync) => {
    const [condition, notes, others] = [new Condition(), notesOf(), notesOf()];
    const first = await start(kind, "waitOnce", [condition, notes], sync);
    await until(() => notes.array[0] === 1, "the first waits");
    const second = await start("thread", "waitOnce", [condition, others], 1);
    await until(() => others.array[0] === 1, "the second waits");
    const killed = first.kill();
    if (sync) await killed;
    {
      using _guard = await condition.acquire();
      condition.notify(); // the first has waited longest
      await killed;
    }
    await second.ended;
    expect([notes.array[1], others.array[1]]).toEqual([0, 1]);
  });

  test("that was notified and waited for the lock passes that on", async () => {
    const [condition, notes, others] = [new Condition(), notesOf(), notesOf()];
    const first = await start(kind, "waitOnce", [condition, notes], kind === "process" ? 1 : 0);
    await until(() => notes.array[0] === 1, "the first waits");
    const second = await start("process", "waitOnce", [condition, others], 0);
    await until(() => others.array[0] === 1, "the second waits");
    {
      using _guard = await condition.acquire();
      condition.notify();
      await sleep(30); // it is awake now, and cannot have the lock
      await first.kill();
    }
    await second.ended;
    expect([notes.array[1], others.array[1]]).toEqual([0, 1]);
  });

  test("that held the lock gives it up, which the next is told", async () => {
    const [condition, notes] = [new Condition(), notesOf()];
    const holder = await start(kind, "holdLock", [condition, notes]);
    await until(() => notes.array[0] === 1, "the worker holds the lock");
    expect(() => condition.notify()).toThrow(/another holds it/);
    const waiting = condition.acquire();
    await holder.kill();
    using guard = await waiting;
    expect(guard.abandoned).toBe(true);
  });
});

test("killed at any moment of waiting, none takes a notification with it or keeps the lock", async () => {
  const condition = new Condition();
  for (let round = 0; round < 4; round++) {
    const notes = [notesOf(), notesOf()] as const;
    const workers = await Promise.all(
      KINDS.map((kind, i) => start(kind, "waitAlways", [condition, notes[i as 0 | 1]])),
    );
    await until(() => notes.every(({ array }) => array[0] === 1), "both wait");
    const own = (async () => {
      using _guard = await condition.acquire();
      return await condition.wait();
    })();
    await sleep(randomInt(0, 20));
    await Promise.all(workers.map((worker) => worker.kill()));
    {
      using _guard = await condition.acquire();
      condition.notify();
    }
    expect(await own).toBe(true);
    expect(condition.locked()).toBe(false);
  }
});
