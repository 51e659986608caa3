import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PoolClaims, WorkerClaims } from "../../dist/claims.js";
import type { ClaimRace } from "./fixtures/claimer.js";

describe("claim words", () => {
  test("an offered call is had by the first who asks, and by nobody else", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("offer", "take", "claim"), { maxLength: 40, size: "max" }), (steps) => {
        const words = new Int32Array(new SharedArrayBuffer(16));
        const pool = new PoolClaims(words);
        const worker = new WorkerClaims(words);
        let holder: "nobody" | "queue" | "pool" | "worker" = "nobody";
        for (const step of steps) {
          if (step === "offer") {
            pool.free(2); // the worker has reported
            expect(pool.take(2)).toBe(false);
            expect(worker.claim(2)).toBe(false);
            pool.offer(2);
            holder = "queue";
          } else if (step === "take") {
            expect(pool.take(2)).toBe(holder === "queue");
            if (holder === "queue") holder = "pool";
          } else {
            expect(worker.claim(2)).toBe(holder === "queue");
            if (holder === "queue") holder = "worker";
          }
          expect(pool.started(2)).toBe(holder === "worker");
        }
        expect([...words].filter((_, slot) => slot !== 2)).toEqual([0, 0, 0]);
      }),
    );
  });

  test("a started call's word says how far its worker is, and that it is started all the time", () => {
    const words = new Int32Array(new SharedArrayBuffer(16));
    const [pool, worker] = [new PoolClaims(words), new WorkerClaims(words)];
    const phases = [pool.phase(1)];
    const note = (): void => void phases.push(pool.started(1) ? pool.phase(1) : undefined);
    pool.offer(1);
    note();
    for (const step of ["claim", "importing", "running", "encoding"] as const) {
      worker[step](1);
      note();
      expect(pool.take(1)).toBe(false);
    }
    pool.free(1);
    note();
    expect(phases).toEqual([undefined, undefined, "decoding", "importing", "running", "encoding", undefined]);
  });

  test("two threads that race for 400,000 calls get each of them once", async () => {
    const rounds = 400;
    const slots = 1000;
    const race: ClaimRace = {
      words: new Int32Array(new SharedArrayBuffer(slots * 4)),
      round: new Int32Array(new SharedArrayBuffer(8)),
      rounds,
    };
    const worker = new Worker(new URL("./fixtures/claimer.js", import.meta.url), { workerData: race });
    const ended = once(worker, "message") as Promise<[Uint32Array]>;
    const pool = new PoolClaims(race.words);
    let taken = 0;
    const startedSeen = new Uint32Array(rounds);
    for (let round = 1; round <= rounds; round++) {
      for (let slot = 0; slot < slots; slot++) pool.offer(slot);
      Atomics.store(race.round, 0, round);
      Atomics.notify(race.round, 0);
      // From the other end, so that they meet in the middle.
      for (let slot = slots - 1; slot >= 0; slot--) if (pool.take(slot)) taken += 1;
      for (let done = Atomics.load(race.round, 1); done !== round; done = Atomics.load(race.round, 1)) {
        await new Promise(setImmediate);
      }
      for (let slot = 0; slot < slots; slot++) {
        if (pool.started(slot)) startedSeen[round - 1] = (startedSeen[round - 1] as number) + 1;
        pool.free(slot);
      }
    }
    const [[claimed]] = [await ended];
    expect([...(claimed as Uint32Array)]).toEqual([...startedSeen]);
    expect(taken + startedSeen.reduce((sum, count) => sum + count, 0)).toBe(rounds * slots);
    await worker.terminate();
  });
});
