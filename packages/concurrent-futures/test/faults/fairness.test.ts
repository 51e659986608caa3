/**
 * A long call holds up nobody, also when nobody could know that it would be long. Nothing here measures time: the long
 * call ends when all the others have, so what waits for it waits for ever.
 */
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import type { Future } from "concurrent-futures";
import * as traffic from "../fixtures/faults/traffic.js";
import { everyPool, type Pool } from "../pools/every-pool.js";
import { Signs, until } from "../pools/signs.js";

const signs = new Signs();
const SHORT = 4000;

/** The others' futures, in order. */
function submitShort(pool: Pool, from: number, to: number): Future<number>[] {
  return Array.from({ length: to - from }, (_, index) => pool.submit(traffic.pass, from + index));
}

/** Has each worker of a pool run the function once, so that none has to load it any more. */
async function loadEverywhere(pool: Pool, workers: number): Promise<void> {
  await pool.ready();
  const go = signs.fresh("go");
  const started = Array.from({ length: workers }, () => signs.fresh("started"));
  const futures = started.map((sign) => pool.submit(traffic.pass, 0, sign, go)); // each blocks a worker
  for (const sign of started) await signs.until(sign);
  signs.raise(go);
  await Promise.all(futures);
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

everyPool("fairness", ({ create }) => {
  test.each([0, 500, SHORT])(
    "4,000 short calls end before the one long call of the same function that was submitted after %p of them",
    async (at) => {
      const pool = create();
      await Promise.all(submitShort(pool, 0, 1000)); // the function is known to be short
      const [started, go] = [signs.fresh("started"), signs.fresh("go")];
      const before = submitShort(pool, 0, at);
      const long = pool.submit(traffic.pass, -1, started, go);
      const after = submitShort(pool, at, SHORT);
      expect(await Promise.all([...before, ...after])).toEqual(numbers(SHORT));
      await signs.until(started);
      expect(long.done()).toBe(false);
      signs.raise(go);
      expect(await long).toBe(-1);
    },
  );

  test("the same when the workers are just starting", async () => {
    const pool = create();
    const [started, go] = [signs.fresh("started"), signs.fresh("go")];
    const long = pool.submit(traffic.pass, -1, started, go);
    expect(await Promise.all(submitShort(pool, 0, SHORT))).toEqual(numbers(SHORT));
    signs.raise(go);
    expect(await long).toBe(-1);
  });

  test("what was sent ahead to a worker that then got stuck does not stay there, however full the pool is", async () => {
    const pool = create();
    const file = signs.fresh("ran");
    let submitted = 0;
    let open = 0;
    let last = 0;
    const flood = new Set<number>();
    const submit = (): void => {
      const id = submitted++;
      open += 1;
      flood.add(id);
      pool.submit(traffic.passNoting, file, id).addDoneCallback(() => {
        open -= 1;
        last = id;
        flood.delete(id);
        if (flooding) submit();
      });
    };
    let flooding = true;
    for (let i = 0; i < 200; i++) submit();
    await until(() => submitted > 2000, "the flood");
    const [started, go] = [signs.fresh("started"), signs.fresh("go")];
    const long = pool.submit(traffic.pass, -1, started, go);
    await signs.until(started);
    // All that had been submitted by then, and was with either worker or in the queue, ends while the long one runs.
    const present = [...flood];
    await until(() => present.every((id) => !flood.has(id)), "the end of what was there when the long one started");
    expect(long.done()).toBe(false);
    // New ones, too.
    const mark = submitted;
    await until(() => last > mark + 2000, "those that came later");
    expect(long.done()).toBe(false);
    flooding = false;
    await until(() => open === 0, "the end of the flood");
    expect(long.done()).toBe(false);
    signs.raise(go);
    expect(await long).toBe(-1);
    const ran = signs.notes(file).map(Number);
    expect(ran.length).toBe(submitted);
    expect(new Set(ran).size).toBe(submitted); // taken back and run elsewhere, never both
  });

  test("outliers one after the other, on both workers: whatever is submitted, all others end", async () => {
    const pool = create({ maxWorkers: 3 });
    const go = signs.fresh("go");
    const long: Future<number>[] = [];
    for (let round = 0; round < 2; round++) {
      const started = signs.fresh("started");
      const some = submitShort(pool, 0, 1000);
      long.push(pool.submit(traffic.pass, -1, started, go));
      expect(await Promise.all([...some, ...submitShort(pool, 1000, 2000)])).toEqual(numbers(2000));
      await signs.until(started);
    }
    signs.raise(go);
    expect(await Promise.all(long)).toEqual([-1, -1]);
  });

  test("a long task that blocks its worker does not hold up those that could run beside it (tasksPerWorker)", async () => {
    const pool = create({ tasksPerWorker: 4 });
    // A worker that still had to load it would start several calls at once, the long one among them perhaps.
    await loadEverywhere(pool, 2);
    await Promise.all(submitShort(pool, 0, 1000));
    const [started, go] = [signs.fresh("started"), signs.fresh("go")];
    const before = submitShort(pool, 0, 500);
    const long = pool.submit(traffic.pass, -1, started, go);
    expect(await Promise.all([...before, ...submitShort(pool, 500, 1000)])).toEqual(numbers(1000));
    signs.raise(go);
    expect(await long).toBe(-1);
  });

  test.each([1, 4])(
    "calls that take long to arrive are not sent round in circles (tasksPerWorker %p)",
    async (tasksPerWorker) => {
      const pool = create({ maxWorkers: 3, tasksPerWorker });
      const small = Array.from({ length: 200 }, () => new Uint8Array(8).fill(1));
      const large = Array.from({ length: 30 }, () => new Uint8Array(2 ** 20).fill(2));
      const submit = (all: Uint8Array[]): Promise<number[]> =>
        Promise.all(all.map((bytes) => pool.submit(traffic.sumOfEnds, bytes)));
      expect(new Set(await submit(large))).toEqual(new Set([4])); // while workers are starting
      expect(new Set(await submit(small))).toEqual(new Set([2])); // now the function is known to be short
      expect(new Set(await submit(large))).toEqual(new Set([4]));
    },
  );

  test("100,000 futures that settle leave the parent's event loop its turns", async () => {
    const pool = create();
    await Promise.all(submitShort(pool, 0, 100));
    let settled = 0;
    let going = true;
    const atTurn: number[] = [];
    const atTimer: number[] = [];
    const eachTurn = (): void => {
      atTurn.push(settled);
      if (going) setImmediate(eachTurn);
    };
    const eachTimer = (): void => {
      atTimer.push(settled);
      if (going) setTimeout(eachTimer, 0);
    };
    const futures = submitShort(pool, 0, 100_000);
    for (const future of futures) future.addDoneCallback(() => (settled += 1));
    eachTurn();
    eachTimer();
    await Promise.all(futures);
    going = false;
    await turn();
    expect(settled).toBe(100_000);
    const during = (counts: number[]): number => new Set(counts.filter((count) => count > 0 && count < 100_000)).size;
    expect(during(atTurn)).toBeGreaterThan(20);
    expect(during(atTimer)).toBeGreaterThan(10);
  });

  test.each([0.2, 1, 6])("timers of a worker go on during a burst of sync tasks of %p ms", async (ms) => {
    const pool = create({ maxWorkers: 1, initializer: traffic.watchTurns });
    const tasks = Math.round(300 / ms);
    await Promise.all(Array.from({ length: tasks }, () => pool.submit(traffic.burn, ms)));
    const { bursts, longest } = await pool.submit(traffic.longestBurst);
    // A few ms may pass between two turns, and the machine may be busy with something else.
    expect(bursts).toBeGreaterThan(5);
    expect(longest * ms).toBeLessThan(40);
  });

  test("async tasks and aborts go on beside a burst of sync tasks", async () => {
    const pool = create({ maxWorkers: 1, tasksPerWorker: 3 });
    const [started, file] = [signs.fresh("started"), signs.fresh("aborted")];
    const waiting = pool.submit(traffic.untilAborted, started, file);
    await signs.until(started);
    const turns = pool.submit(traffic.manyTurns, 20);
    const burst = Array.from({ length: 400 }, () => pool.submit(traffic.burn, 1));
    await burst[40];
    waiting.abort("enough");
    await expect(waiting).rejects.toBe("enough");
    await Promise.all(burst);
    expect(await turns).toBeLessThan(400); // it ended before the burst did
    expect(signs.notes(file)).toHaveLength(1);
    expect(Number(signs.notes(file)[0])).toBeLessThan(300); // and so was the abort heard
  });
});
