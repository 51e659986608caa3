import { deserialize, serialize } from "@concurrent-futures/core";
import { Barrier, BrokenBarrierError } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";

/** What becomes of each: its index, or the code of its error. */
async function outcomes(waits: Promise<number>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(waits);
  return settled.map((each) => (each.status === "fulfilled" ? each.value : (each.reason.code ?? each.reason)));
}

describe("rounds", () => {
  test("nobody passes before all have arrived, then each gets an index of its own, round after round", async () => {
    const barrier = new Barrier(3);
    expect([barrier.parties, barrier.nWaiting, barrier.broken]).toEqual([3, 0, false]);
    for (let round = 0; round < 3; round++) {
      let passed = 0;
      const waits = [barrier.wait(), barrier.wait()];
      for (const wait of waits) void wait.then(() => (passed += 1));
      await new Promise(setImmediate);
      expect([passed, barrier.nWaiting]).toEqual([0, 2]);
      const last = round === 1 ? barrier.waitSync() : await barrier.wait();
      expect([...(await Promise.all(waits)), last].sort()).toEqual([0, 1, 2]);
      expect(barrier.nWaiting).toBe(0);
    }
  });

  test("more than it takes form several rounds", async () => {
    const barrier = new Barrier(2);
    const indexes = await Promise.all(Array.from({ length: 10 }, () => barrier.wait()));
    expect(indexes.sort()).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  test("a barrier of one is passed at once", async () => {
    const barrier = new Barrier(1);
    expect([await barrier.wait({ timeout: 0 }), barrier.waitSync()]).toEqual([0, 0]);
  });

  test("who passed before a reset, or several, is not told otherwise", async () => {
    const barrier = new Barrier(2);
    const waits = [barrier.wait(), barrier.wait()];
    const stays = barrier.wait();
    barrier.reset();
    void barrier.wait().catch(() => {});
    barrier.reset();
    expect(await outcomes([...waits, stays])).toEqual([0, 1, "ERR_BROKEN_BARRIER"]);
  });
});

describe("breaking", () => {
  test("a wait that takes too long breaks it for all, until reset()", async () => {
    const barrier = new Barrier(3);
    const waits = [barrier.wait(), barrier.wait({ timeout: 20 })];
    const errors = await Promise.allSettled(waits);
    const [other, late] = errors.map((each) => (each as PromiseRejectedResult).reason);
    expect(other).toBeInstanceOf(BrokenBarrierError);
    expect(late).toBeInstanceOf(BrokenBarrierError);
    expect(late.cause).toMatchObject({ code: "ERR_TIMEOUT" });
    expect(other.message).toBe(
      "The barrier is broken: one of those who waited took longer than its `timeout`; reset() makes it usable again",
    );
    expect([barrier.broken, barrier.nWaiting]).toEqual([true, 0]);
    await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
    expect(() => barrier.waitSync()).toThrow(BrokenBarrierError);
    barrier.reset();
    expect(barrier.broken).toBe(false);
    expect(await outcomes([barrier.wait(), barrier.wait(), barrier.wait()])).toEqual([0, 1, 2]);
  });

  test("the barrier's own timeout counts where a wait has none", async () => {
    const barrier = new Barrier(2, { timeout: 20 });
    expect(() => barrier.waitSync()).toThrow(BrokenBarrierError);
    barrier.reset();
    await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
    barrier.reset();
    const patient = barrier.wait({ timeout: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(await barrier.wait()).toBe(1);
    expect(await patient).toBe(0);
  });

  test("an abort rejects with its signal's reason and breaks it for the others; one that comes aborted does not", async () => {
    const barrier = new Barrier(3);
    const reason = new Error("enough");
    const aborting = new AbortController();
    const other = barrier.wait();
    await expect(barrier.wait({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect([barrier.broken, barrier.nWaiting]).toEqual([false, 1]);
    const aborted = barrier.wait({ signal: aborting.signal });
    aborting.abort(reason);
    expect(await outcomes([other, aborted])).toEqual(["ERR_BROKEN_BARRIER", reason]);
    expect(barrier.broken).toBe(true);
  });

  test("abort() breaks it for those who wait and who come later", async () => {
    const barrier = new Barrier(2);
    const waiting = barrier.wait();
    barrier.abort();
    barrier.abort();
    expect(await outcomes([waiting, barrier.wait()])).toEqual(["ERR_BROKEN_BARRIER", "ERR_BROKEN_BARRIER"]);
    const fresh = new Barrier(2);
    fresh.abort();
    expect(fresh.broken).toBe(true);
  });

  test("reset() is an error for those who wait, and the barrier is as new", async () => {
    const barrier = new Barrier(2);
    barrier.reset();
    for (let i = 0; i < 200; i++) {
      const waiting = barrier.wait();
      barrier.reset();
      await expect(waiting).rejects.toThrow("The barrier is broken: reset() was called while this one waited");
      expect([barrier.broken, barrier.nWaiting]).toEqual([false, 0]);
    }
    expect(await outcomes([barrier.wait(), barrier.wait()])).toEqual([0, 1]);
  });
});

describe("bad input", () => {
  test.each([[0], [-1], [1.5], [Number.NaN], [65_536]])("%p parties", (parties) => {
    expect(() => new Barrier(parties)).toThrow(RangeError);
    expect(() => new Barrier(parties)).toThrow(/`parties`/);
  });
  test.each([["2"], [null], [undefined]])("%p parties, either", (parties) => {
    expect(() => new Barrier(parties as never)).toThrow(TypeError);
  });
  test("wrong options are refused at the call, and nobody arrives", () => {
    const barrier = new Barrier(2);
    expect(() => new Barrier(2, { timeout: -1 })).toThrow(RangeError);
    expect(() => new Barrier(2, 5 as never)).toThrow(TypeError);
    expect(() => barrier.wait({ timeout: -1 })).toThrow(RangeError);
    expect(() => barrier.waitSync({ timeout: "1" as never })).toThrow(TypeError);
    expect(() => barrier.wait({ signal: 5 as never })).toThrow(TypeError);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
  });
});

test("what arrives in the thread that has it is the same object", () => {
  const barrier = new Barrier(2, { timeout: 5 });
  expect(Barrier[deserialize](structuredClone(barrier[serialize]()))).toBe(barrier);
});
