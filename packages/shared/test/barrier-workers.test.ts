import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Barrier, SharedArray } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";
import { KINDS, start, until } from "./fixtures/sync-jobs.js";

const notesOf = (length = 2) => new SharedArray("int32", length);

test("threads, processes and this one pass round after round together, each with an index of its own", async () => {
  const rounds = 60;
  const [barrier, notes] = [new Barrier(4), notesOf(2 + rounds)];
  const kinds = ["process", "thread", "process"] as const;
  const workers = await Promise.all(kinds.map((kind) => start(kind, "pass", [barrier, notes], rounds)));
  let sum = 0;
  for (let round = 0; round < rounds; round++) {
    Atomics.add(notes.array, 2 + round, 1);
    sum += round % 3 === 0 ? barrier.waitSync() : await barrier.wait();
    expect(Atomics.load(notes.array, 2 + round)).toBe(4);
  }
  await Promise.all(workers.map(({ ended }) => ended));
  expect(sum + (notes.array[0] as number)).toBe(rounds * (0 + 1 + 2 + 3));
  expect([notes.array[1], barrier.nWaiting, barrier.broken]).toEqual([0, 0, false]);
});

describe.each(KINDS)("a killed %s", (kind) => {
  test.each([
    ["sync", 1],
    ["async", 0],
  ])("that waited (%s) breaks the barrier for those who wait", async (_form, sync) => {
    const [barrier, notes] = [new Barrier(4), notesOf()];
    const workers = [
      await start(kind, "passOnce", [barrier, notes], sync),
      await start("process", "passOnce", [barrier, notes], 1),
      await start("thread", "passOnce", [barrier, notes], 0),
    ];
    await until(() => barrier.nWaiting === 3, "three wait");
    await workers[0]?.kill();
    await Promise.all(workers.map(({ ended }) => ended));
    expect([...notes.array]).toEqual([0, 2]);
    expect(barrier.broken).toBe(true);
    await expect(barrier.wait()).rejects.toThrow(/died while it waited/);
    barrier.reset();
    expect(await Promise.all(Array.from({ length: 4 }, () => barrier.wait()))).toEqual([0, 1, 2, 3]);
  });

  test("that waited breaks it for the one that comes last, too", async () => {
    const [barrier, notes] = [new Barrier(2), notesOf()];
    const worker = await start(kind, "passOnce", [barrier, notes], 1);
    await until(() => barrier.nWaiting === 1, "the worker waits");
    await worker.kill();
    expect(() => barrier.waitSync()).toThrow(/died while it waited/);
    expect(barrier.broken).toBe(true);
  });

  test("that passed breaks nothing", async () => {
    const [barrier, notes] = [new Barrier(2), notesOf()];
    const worker = await start(kind, "passAlways", [barrier, notes]);
    await barrier.wait();
    await until(() => barrier.nWaiting === 1, "the worker waits for the next round");
    await barrier.wait();
    await until(() => barrier.nWaiting === 1, "and for another");
    barrier.reset(); // it is told, and ends
    await worker.ended;
    expect(notes.array[0]).toBe(2);
    await sleep(60);
    expect(barrier.broken).toBe(false);
    expect(await Promise.all([barrier.wait(), barrier.wait()])).toEqual([0, 1]);
  });
});

test("killed at any moment, none keeps the others waiting", async () => {
  const barrier = new Barrier(3);
  for (let round = 0; round < 4; round++) {
    const notes = notesOf();
    const kinds = [KINDS[round % 2] as "thread", "process", "thread"] as const;
    const workers = await Promise.all(kinds.map((kind) => start(kind, "passAlways", [barrier, notes])));
    await until(() => (notes.array[0] as number) > 3, "rounds are passed");
    await sleep(randomInt(0, 10));
    await workers[0]?.kill();
    const patience = performance.now() + 500;
    await until(() => barrier.broken || performance.now() > patience, "it breaks, or the dead one was between rounds");
    barrier.abort();
    await Promise.all(workers.map(({ ended }) => ended)); // they are told
    barrier.reset();
    expect(await Promise.all(Array.from({ length: 3 }, () => barrier.wait()))).toEqual([0, 1, 2]);
  }
});
