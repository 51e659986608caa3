/** Taking calls back before they start, and stopping them while they run. */
import { expect, test } from "@jest/globals";
import { CancelledError } from "concurrent-futures";
import { add } from "../fixtures/arithmetic.js";
import { FOR_EVER_MS, hold, holdAsync, noteDown, spin, spinThenNote, untilAborted } from "../fixtures/holding.js";
import { isAlive, place, processId } from "../fixtures/places.js";
import { everyPool, failureOf } from "./every-pool.js";
import { Signs, until } from "./signs.js";

const signs = new Signs();
const fresh = <const N extends readonly string[]>(...names: N) =>
  names.map((name) => signs.fresh(name)) as { [K in keyof N]: string };

/** Also how long a worker with tasks to spare may be silent before it counts as blocked (execution.ts). */
const GRACE_MS = 2000;

everyPool("cancel and abort", ({ kind, create }) => {
  test("cancel() takes a waiting call back: it never runs", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, go, file] = fresh("started", "go", "notes");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    const waiting = pool.submit(noteDown, file, "ran");
    expect(waiting.cancel()).toBe(true);
    expect(waiting.cancelled()).toBe(true);
    expect(waiting.cancel()).toBe(true);
    expect(await failureOf(() => waiting)).toBeInstanceOf(CancelledError);
    signs.raise(go);
    await running;
    await pool.submit(add, 1, 2);
    expect(signs.notes(file)).toEqual([]);
    expect(pool.stats()).toMatchObject({ cancelled: 1, completed: 2 });
  });

  test("cancel() refuses a call that runs, and one that is done", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, go] = fresh("started", "go");
    const future = pool.submit(hold, started, go);
    await signs.until(started);
    expect(future.cancel()).toBe(false);
    expect(future.running()).toBe(true);
    signs.raise(go);
    expect(typeof (await future)).toBe("string");
    expect(future.cancel()).toBe(false);
    expect(future.running()).toBe(false);
  });

  test("cancel() tells the truth while calls are being started", async () => {
    const pool = create({ maxWorkers: 2 });
    const file = signs.fresh("notes");
    const futures = Array.from({ length: 300 }, (_, n) => pool.submit(noteDown, file, `${n}`));
    await futures[20];
    const cancelled = futures.map((future) => future.cancel());
    await pool.shutdown();
    const ran = new Set(signs.notes(file).map(Number));
    expect(cancelled.filter((answer, n) => answer === ran.has(n))).toEqual([]);
    expect(signs.notes(file)).toHaveLength(ran.size); // none ran twice
  });

  test("abort() of a waiting call rejects with an AbortError, and it never runs", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, go, file] = fresh("started", "go", "notes");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    const waiting = pool.submit(noteDown, file, "ran");
    expect(waiting.abort()).toBe(true);
    expect(waiting.cancelled()).toBe(true);
    const error = await failureOf(() => waiting);
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: "AbortError" });
    signs.raise(go);
    await running;
    await pool.shutdown();
    expect(signs.notes(file)).toEqual([]);
  });

  test("abort() of a busy loop rejects at once, and the next task does not wait for the loop", async () => {
    const pool = create({ maxWorkers: 1, abortGrace: 50 });
    const [started, file] = fresh("started", "notes");
    const future = pool.submit(spinThenNote, started, FOR_EVER_MS, file);
    await signs.until(started);
    const next = pool.submit(add, 1, 2);
    expect(future.abort()).toBe(true);
    expect(future.done()).toBe(true);
    expect(await failureOf(() => future)).toMatchObject({ name: "AbortError" });
    expect(await next).toBe(3);
    expect(signs.notes(file)).toEqual([]); // the loop had not come to its end
    expect(pool.stats()).toMatchObject({ crashed: 0, cancelled: 1, completed: 1 });
  });

  test("with no idle worker kept, a waiting call still runs after the running one was aborted", async () => {
    const pool = create({ maxWorkers: 1, minWorkers: 0, idleTimeout: 0, abortGrace: 50 });
    const started = signs.fresh("started");
    const running = pool.submit(spin, started, FOR_EVER_MS);
    const queued = pool.submit(add, 1, 2);
    await signs.until(started);
    running.abort();
    expect(await queued).toBe(3);
    expect(running.cancelled()).toBe(true);
  });

  test("a task that honours its signal spares its worker, and sees the reason", async () => {
    const pool = create({ maxWorkers: 1, abortGrace: FOR_EVER_MS });
    const [started, file] = fresh("started", "notes");
    const before = await pool.submit(place);
    const future = pool.submit(untilAborted, started, file);
    await signs.until(started);
    const reason = new RangeError("not needed any more");
    expect(future.abort(reason)).toBe(true);
    expect(await failureOf(() => future)).toBe(reason);
    expect(await pool.submit(place)).toBe(before);
    expect(signs.notes(file)).toEqual(["RangeError: not needed any more"]);
  });

  test("a task that ignores its abort loses its worker, and no other task is harmed", async () => {
    const pool = create({ maxWorkers: 2, abortGrace: 50 });
    const [startedA, startedB, go] = fresh("a", "b", "go");
    const neighbour = pool.submit(hold, startedA, go);
    await signs.until(startedA);
    const ignoring = pool.submit(spin, startedB, FOR_EVER_MS);
    await signs.until(startedB);
    ignoring.abort();
    const later = await Promise.all(Array.from({ length: 5 }, (_, n) => pool.submit(add, n, n)));
    expect(later).toEqual([0, 2, 4, 6, 8]);
    expect(neighbour.done()).toBe(false);
    signs.raise(go);
    expect(typeof (await neighbour)).toBe("string");
    expect(pool.stats().crashed).toBe(0);
  });

  test("the others on a worker whose task ignores its abort finish there, once; then the worker is gone", async () => {
    const pool = create({ maxWorkers: 1, tasksPerWorker: 3, abortGrace: GRACE_MS });
    const [startedA, startedB, never, go, file] = fresh("a", "b", "never", "go", "notes");
    const pid = await pool.submit(processId);
    const ignoring = pool.submit(holdAsync, startedA, never);
    const neighbour = pool.submit(holdAsync, startedB, go);
    await Promise.all([signs.until(startedA), signs.until(startedB)]);
    const worker = await pool.submit(place);
    ignoring.abort();
    await until(() => ignoring.done(), "the abort is known");
    // Sooner or later the worker takes no new ones, while the neighbour still runs there.
    let elsewhere = worker;
    while (elsewhere === worker) elsewhere = await pool.submit(place);
    expect(neighbour.done()).toBe(false);
    await pool.submit(noteDown, file, "once");
    signs.raise(go);
    expect(await neighbour).toBe(worker);
    if (kind === "process") await until(() => !isAlive(pid), "the worker that ignored the abort is gone");
    await until(() => pool.stats().workers === 1, "only the new worker is left");
    expect(signs.notes(file)).toEqual(["once"]);
  });

  test("a worker whose tasks ignore their aborts, one after the other, is gone after the last", async () => {
    const pool = create({ maxWorkers: 1, tasksPerWorker: 2, abortGrace: GRACE_MS });
    const [startedA, startedB, never] = fresh("a", "b", "never");
    const tasks = [pool.submit(holdAsync, startedA, never), pool.submit(holdAsync, startedB, never)];
    await Promise.all([signs.until(startedA), signs.until(startedB)]);
    tasks[0]?.abort();
    await pool.submit(add, 1, 2); // on another worker: that one takes no new ones any more
    expect(pool.stats().workers).toBe(2);
    tasks[1]?.abort();
    await until(() => pool.stats().workers === 1, "only the new worker is left");
    expect(pool.stats().crashed).toBe(0);
  });

  test("an aborted future stays aborted: abort() again is false, cancel() is true", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, file] = fresh("started", "notes");
    const future = pool.submit(untilAborted, started, file);
    await signs.until(started);
    expect([future.abort("first"), future.abort("second"), future.cancel()]).toEqual([true, false, true]);
    expect(await failureOf(() => future)).toBe("first");
    const done = pool.submit(add, 1, 2);
    await done;
    expect(done.abort()).toBe(false);
    expect(await done).toBe(3);
    expect(done.cancelled()).toBe(false);
  });

  test("the signal option stops a running call with its reason", async () => {
    const pool = create({ maxWorkers: 1, abortGrace: FOR_EVER_MS });
    const [started, file] = fresh("started", "notes");
    const controller = new AbortController();
    const future = pool.with({ signal: controller.signal }).submit(untilAborted, started, file);
    await signs.until(started);
    const reason = new Error("the user left");
    controller.abort(reason);
    expect(await failureOf(() => future)).toBe(reason);
    expect(future.cancelled()).toBe(true);
    await pool.submit(add, 1, 2);
    expect(signs.notes(file)).toEqual(["Error: the user left"]);
  });

  test("the signal option takes a waiting call back, and refuses one whose signal was aborted before", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, go, file] = fresh("started", "go", "notes");
    const running = pool.submit(hold, started, go);
    await signs.until(started);
    const controller = new AbortController();
    const waiting = pool.with({ signal: controller.signal }).submit(noteDown, file, "ran");
    controller.abort();
    const late = pool.with({ signal: controller.signal }).submit(noteDown, file, "ran");
    for (const future of [waiting, late]) expect(await failureOf(() => future)).toMatchObject({ name: "AbortError" });
    signs.raise(go);
    await running;
    await pool.shutdown();
    expect(signs.notes(file)).toEqual([]);
  });

  test("result({ timeout }) and result({ signal }) give up waiting, and leave the task running", async () => {
    const pool = create({ maxWorkers: 1 });
    const [started, go] = fresh("started", "go");
    const future = pool.submit(hold, started, go);
    await signs.until(started);
    expect(await failureOf(() => future.result({ timeout: 5 }))).toMatchObject({ code: "ERR_TIMEOUT" });
    expect(await failureOf(() => future.result({ signal: AbortSignal.abort("enough") }))).toBe("enough");
    expect(future.running()).toBe(true);
    signs.raise(go);
    expect(typeof (await future.result({ timeout: 20_000 }))).toBe("string");
  });

  test("an abort that cannot be sent stops the task all the same", async () => {
    const pool = create({ maxWorkers: 1, abortGrace: FOR_EVER_MS });
    const [started, file] = fresh("started", "notes");
    const future = pool.submit(untilAborted, started, file);
    await signs.until(started);
    const reason = () => "functions do not travel";
    future.abort(reason);
    expect(await failureOf(() => future)).toBe(reason);
    expect(await pool.submit(add, 1, 2)).toBe(3);
    expect(signs.notes(file)).toHaveLength(1);
  });
});
