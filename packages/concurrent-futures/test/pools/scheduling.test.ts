/** Which call runs when, and where. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { add } from "../fixtures/arithmetic.js";
import { countInside, keepMegabytes } from "../fixtures/contexts.js";
import { exit } from "../fixtures/failures.js";
import { hold, holdAsync, noteDown } from "../fixtures/holding.js";
import { place, workerId } from "../fixtures/places.js";
import { everyPool, failureOf } from "./every-pool.js";
import { Signs, until } from "./signs.js";

const signs = new Signs();
const fresh = <const N extends readonly string[]>(...names: N) =>
  names.map((name) => signs.fresh(name)) as { [K in keyof N]: string };
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

everyPool("scheduling", ({ create }) => {
  test("calls start in order of submission", async () => {
    const pool = create({ maxWorkers: 1 });
    const file = signs.fresh("notes");
    await Promise.all(range(50).map((n) => pool.submit(noteDown, file, `${n}`)));
    expect(signs.notes(file)).toEqual(range(50).map(String));
  });

  test("higher priorities start first, equal ones in order of submission", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, go, file] = fresh("started", "go", "notes");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    const calls = [0, -5, 10, 0, 10, 2.5, -5].map((priority, n) =>
      pool.with({ priority }).submit(noteDown, file, `${priority} #${n}`),
    );
    calls.push(pool.submit(noteDown, file, "0 #7")); // the default
    signs.raise(go);
    await Promise.all([running, ...calls]);
    expect(signs.notes(file)).toEqual(["10 #2", "10 #4", "2.5 #5", "0 #0", "0 #3", "0 #7", "-5 #1", "-5 #6"]);
  });

  test("workers start on demand: calls one after the other use one", async () => {
    const pool = create({ maxWorkers: 4 });
    expect(pool.stats().workers).toBe(0);
    const places = new Set<string>();
    for (let n = 0; n < 5; n++) places.add(await pool.submit(place));
    expect(places.size).toBe(1);
    expect(pool.stats().workers).toBe(1);
  });

  test("many calls at once start maxWorkers workers, and no more", async () => {
    const pool = create({ maxWorkers: 3 });
    const go = signs.fresh("go");
    const starts = range(45).map((n) => signs.fresh(`started-${n}`));
    const calls = starts.map((started) => pool.submit(hold, started, go));
    await until(() => starts.filter((started) => signs.seen(started)).length === 3, "three calls run");
    expect(pool.stats()).toMatchObject({ workers: 3, running: 3, queued: 42 });
    signs.raise(go);
    expect(new Set(await Promise.all(calls)).size).toBe(3);
    expect(pool.stats().workers).toBe(3);
  });

  test("a call does not wait behind a long one while another worker is idle", async () => {
    const pool = create({ maxWorkers: 2 });
    const [started, go] = fresh("started", "go");
    await Promise.all(range(100).map((n) => pool.submit(add, n, n))); // known to be short, so sent ahead
    const long = pool.submit(hold, started, go);
    await signs.until(started);
    expect(await Promise.all(range(200).map((n) => pool.submit(add, n, 1)))).toHaveLength(200);
    expect(long.done()).toBe(false);
    signs.raise(go);
    await long;
  });

  test("an async task runs alone on its worker by default", async () => {
    const pool = create({ maxWorkers: 1 });
    const [go, file] = fresh("go", "notes");
    const calls = range(4).map(() => pool.submit(countInside, go, file));
    await until(() => signs.notes(file).length === 1, "the first runs");
    signs.raise(go);
    expect(await Promise.all(calls)).toEqual([1, 1, 1, 1]);
  });

  test("tasksPerWorker lets one worker run that many async tasks at once, and no more", async () => {
    const pool = create({ maxWorkers: 1, tasksPerWorker: 3 });
    const [go, file] = fresh("go", "notes");
    const calls = range(7).map(() => pool.submit(countInside, go, file));
    await until(() => signs.notes(file).length === 3, "three run at once");
    expect(pool.stats()).toMatchObject({ workers: 1, running: 3, queued: 4 });
    signs.raise(go);
    expect(Math.max(...(await Promise.all(calls)))).toBe(3);
  });

  test.each([1, 3])("calls with one key run on one worker, in order, one at a time (tasksPerWorker %p)", async (n) => {
    const pool = create({ maxWorkers: 2, tasksPerWorker: n });
    const files = { a: signs.fresh("a"), b: signs.fresh("b") };
    const goes = range(6).map((at) => signs.fresh(`go-${at}`));
    const calls = goes.flatMap((go, at) =>
      (["a", "b"] as const).map((key) => pool.with({ key }).submit(holdAsync, `${files[key]}-${at}`, go)),
    );
    for (const [at, go] of goes.entries()) {
      await signs.until(`${files.a}-${at}`);
      await signs.until(`${files.b}-${at}`);
      expect(signs.seen(`${files.a}-${at + 1}`)).toBe(false); // its turn comes when this one is over
      signs.raise(go);
    }
    const places = await Promise.all(calls);
    expect(new Set(places.filter((_, at) => at % 2 === 0)).size).toBe(1);
    expect(new Set(places.filter((_, at) => at % 2 === 1)).size).toBe(1);
  });

  test("a key keeps its worker between calls, and gets another when that one dies", async () => {
    const pool = create({ maxWorkers: 2 });
    await pool.ready();
    const keyed = pool.with({ key: "customer 1" });
    const first = await keyed.submit(place);
    for (let n = 0; n < 4; n++) {
      await Promise.all(range(5).map(() => pool.submit(place)));
      expect(await keyed.submit(place)).toBe(first);
    }
    await failureOf(() => keyed.submit(exit, 1));
    const second = await keyed.submit(place);
    expect(second).not.toBe(first);
    expect(await keyed.submit(place)).toBe(second);
  });

  test("calls that wait for a key's worker run elsewhere, in order, when it dies", async () => {
    const pool = create({ maxWorkers: 2 });
    const file = signs.fresh("notes");
    const keyed = pool.with({ key: "k" });
    const crash = keyed.submit(exit, 2);
    const waiting = range(8).map((n) => keyed.submit(noteDown, file, `${n}`));
    expect(await failureOf(() => crash)).toMatchObject({ exitCode: 2 });
    await Promise.all(waiting);
    expect(signs.notes(file)).toEqual(range(8).map(String));
  });

  test("a cancelled call does not hold up the others of its key", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, go, file] = fresh("started", "go", "notes");
    const keyed = pool.with({ key: "k" });
    const running = keyed.submit(hold, started, go);
    await signs.until(started);
    const [first, second] = [keyed.submit(noteDown, file, "first"), keyed.submit(noteDown, file, "second")];
    expect(first.cancel()).toBe(true);
    signs.raise(go);
    await Promise.all([running, second]);
    expect(signs.notes(file)).toEqual(["second"]);
  });

  test("maxTasksPerWorker replaces workers without ever stalling: one worker, one task each", async () => {
    const pool = create({ maxWorkers: 1, maxTasksPerWorker: 1 });
    const places = await Promise.all(range(6).map(() => pool.submit(place)));
    expect(new Set(places).size).toBe(6);
    await until(() => pool.stats().workers <= 1, "those that are used up have left");
    expect(pool.stats()).toMatchObject({ completed: 6, crashed: 0 });
  });

  test("maxTasksPerWorker counts what a worker runs", async () => {
    const pool = create({ maxWorkers: 1, maxTasksPerWorker: 3 });
    const places: string[] = [];
    for (let n = 0; n < 7; n++) places.push(await pool.submit(place));
    expect(range(7).map((n) => places.indexOf(places[n] ?? ""))).toEqual([0, 0, 0, 3, 3, 3, 6]);
  });

  test("idle workers above minWorkers leave after idleTimeout, the others stay", async () => {
    const pool = create({ maxWorkers: 3, minWorkers: 1, idleTimeout: 30 });
    await pool.ready();
    expect(pool.stats().workers).toBe(3);
    await until(() => pool.stats().workers === 1, "two have left");
    await sleep(200);
    expect(pool.stats()).toMatchObject({ workers: 1, idle: 1, crashed: 0 }); // the third stays
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test("idleTimeout 0 keeps no idle worker, and the calls that come run", async () => {
    const pool = create({ maxWorkers: 1, idleTimeout: 0 });
    const ids: number[] = [];
    for (let n = 0; n < 3; n++) {
      ids.push(await pool.submit(workerId));
      await until(() => pool.stats().workers === 0, "it has left");
    }
    expect(new Set(ids).size).toBe(3);
  });

  test("workers stay when there is no idleTimeout", async () => {
    const pool = create({ maxWorkers: 1 });
    const first = await pool.submit(place);
    await sleep(150);
    expect(pool.stats()).toMatchObject({ workers: 1, idle: 1 });
    expect(await pool.submit(place)).toBe(first);
  });

  test("a worker above maxMemoryPerWorker is replaced between tasks, and no task is lost", async () => {
    const pool = create({ maxWorkers: 1, maxMemoryPerWorker: 250 * 1024 * 1024 });
    const hungry: string[] = [];
    for (let n = 0; n < 12 && new Set(hungry).size < 2; n++) hungry.push(await pool.submit(keepMegabytes, 60));
    expect(new Set(hungry).size).toBe(2);
    expect(pool.stats()).toMatchObject({ crashed: 0, failed: 0, completed: hungry.length });
  });
});
