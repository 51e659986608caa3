import { deserialize, serialize, TimeoutError } from "@concurrent-futures/core";
import { Event, SharedArray } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";
import { Block } from "../dist/block.js";
import { PARKED } from "../dist/layout.js";
import { KINDS, start, until } from "./fixtures/sync-jobs.js";

/** Whether somebody waits for it: has looked, in vain, and is to be woken. */
function isWaitedFor(event: Event): boolean {
  return Atomics.load(Block.fromState(event[serialize](), "Event").parking.table, PARKED) !== 0;
}

describe("the flag", () => {
  test("is clear at first, set by set() and clear after clear(), however often", () => {
    const event = new Event();
    expect(event.isSet()).toBe(false);
    event.set();
    event.set();
    expect(event.isSet()).toBe(true);
    event.clear();
    event.clear();
    expect(event.isSet()).toBe(false);
  });

  test("a wait ends at once while it is set, and waits again once it is clear", async () => {
    const event = new Event();
    event.set();
    expect(await event.wait({ timeout: 0 })).toBe(true);
    expect(event.waitSync({ timeout: 0 })).toBe(true);
    event.clear();
    expect(await event.wait({ timeout: 0 })).toBe(false);
    expect(event.waitSync({ timeout: 0 })).toBe(false);
  });

  test("set() releases all who wait, also when clear() follows at once, and nobody who comes later", async () => {
    const event = new Event();
    const waits = Array.from({ length: 50 }, () => event.wait());
    event.set();
    event.clear();
    const later = event.wait({ timeout: 50 });
    expect(await Promise.all(waits)).toEqual(waits.map(() => true));
    expect(await later).toBe(false);
  });

  test("what arrives in the thread that has it is the same object", () => {
    const event = new Event();
    expect(Event[deserialize](structuredClone(event[serialize]()))).toBe(event);
  });
});

describe("limits", () => {
  test("a wait is false after its timeout, not before, and rejects with its signal's reason", async () => {
    const event = new Event();
    const began = performance.now();
    expect(await event.wait({ timeout: 30 })).toBe(false);
    expect(event.waitSync({ timeout: 30 })).toBe(false);
    expect(performance.now() - began).toBeGreaterThan(55);
    const reason = new TimeoutError("not the wait's own");
    const aborting = new AbortController();
    const waiting = event.wait({ signal: aborting.signal, timeout: 60_000 });
    aborting.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(event.wait({ signal: aborting.signal })).rejects.toBe(reason);
  });

  test("wrong options are refused at the call", () => {
    const event = new Event();
    expect(() => event.wait({ timeout: -1 })).toThrow(RangeError);
    expect(() => event.waitSync({ timeout: Number.NaN })).toThrow(RangeError);
    expect(() => event.wait({ timeout: "1" as never })).toThrow(TypeError);
    expect(() => event.wait({ signal: 1 as never })).toThrow(TypeError);
    expect(() => new Event(1 as never)).toThrow(TypeError);
  });
});

describe.each(KINDS)("a %s", (kind) => {
  test.each([
    ["sync", 1],
    ["async", 0],
  ])("is released by set() and an immediate clear() (%s)", async (_form, sync) => {
    const [event, notes] = [new Event(), new SharedArray("int32", 2)];
    const waiter = await start(kind, "waitForEvent", [event, notes], sync);
    await until(() => isWaitedFor(event), "the worker waits");
    expect(notes.array[1]).toBe(0);
    event.set();
    event.clear();
    await waiter.ended;
    expect(notes.array[1]).toBe(1);
  });

  test("that sets and clears without end releases all who wait, and may be killed at that", async () => {
    const [event, notes] = [new Event(), new SharedArray("int32", 2)];
    for (let round = 0; round < 2; round++) {
      const waiters = await Promise.all([
        start("thread", "waitForEvent", [event, notes], 1, 20),
        start("process", "waitForEvent", [event, notes], 0, 20),
      ]);
      const flicker = await start(kind, "flicker", [event]);
      expect(await event.wait({ timeout: 50_000 })).toBe(true);
      await Promise.all(waiters.map(({ ended }) => ended));
      expect(notes.array[1]).toBe((round + 1) * 40);
      await flicker.kill();
      event.clear();
      expect(await event.wait({ timeout: 5 })).toBe(false);
    }
  });

  test("that is killed while it waits keeps nobody from being released", async () => {
    const [event, notes] = [new Event(), new SharedArray("int32", 2)];
    const waiters = await Promise.all([
      start(kind, "waitForEvent", [event, notes], 1),
      start(kind, "waitForEvent", [event, notes], 0),
    ]);
    await until(() => notes.array[0] === 2, "both begin to wait");
    await waiters[0]?.kill();
    const own = event.wait();
    event.set();
    expect(await own).toBe(true);
    await waiters[1]?.ended;
    expect(notes.array[1]).toBe(1);
  });
});
