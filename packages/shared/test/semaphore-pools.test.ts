/** All of them through executors: initArgs, arguments, results; threads and processes at once. */
import { Barrier, BoundedSemaphore, Condition, Event, SharedArray } from "@concurrent-futures/shared";
import { afterAll, expect, test } from "@jest/globals";
import { ProcessPoolExecutor } from "../../process-executor/dist/index.js";
import { ThreadPoolExecutor } from "../../thread-executor/dist/index.js";
import { enter, inTurn, keep, makeSemaphore, meet, takeOneAndDie } from "./fixtures/sync-tasks.js";

const semaphore = new BoundedSemaphore(2);
const notes = new SharedArray("int32", 3);
const initArgs: Parameters<typeof keep> = [{ semaphore, notes }];
const options = { maxWorkers: 2, tasksPerWorker: 4, initializer: keep, initArgs };
const threads = new ThreadPoolExecutor(options);
const processes = new ProcessPoolExecutor(options);
const both = [threads, processes];

afterAll(async () => {
  await Promise.all(both.map((pool) => pool.shutdown()));
});

test("a semaphore in initArgs lets in as many as it has permits, in all workers together", async () => {
  const futures = both.flatMap((pool) => Array.from({ length: 20 }, () => pool.submit(enter)));
  expect(new Set(await Promise.all(futures))).toEqual(new Set([true]));
  expect([...notes.array]).toEqual([0, 2, 40]);
  expect(semaphore.value).toBe(2);
});

test("tasks of both and this thread meet at a barrier", async () => {
  const barrier = new Barrier(5);
  const futures = both.flatMap((pool) => [pool.submit(meet, barrier), pool.submit(meet, barrier)]);
  expect((await Promise.all([...futures, barrier.wait()])).sort()).toEqual([0, 1, 2, 3, 4]);
});

test("tasks take turns by an event and a condition, whose lock arrives with it", async () => {
  const [event, turn] = [new Event(), new SharedArray("int32", 1)];
  const condition = new Condition();
  const futures = [3, 1, 2, 0].map((mine) =>
    (both[mine % 2] as ThreadPoolExecutor).submit(inTurn, event, [condition, turn], mine),
  );
  event.set();
  expect(await Promise.all(futures)).toEqual([3, 1, 2, 0]);
  expect([turn.get(0), condition.locked()]).toEqual([4, false]);
});

test("a semaphore that a worker made comes back as a result, nested, with its count", async () => {
  for (const pool of both) {
    const { made } = await pool.submit(makeSemaphore, 1);
    expect(made).toBeInstanceOf(BoundedSemaphore);
    expect(made.value).toBe(1);
    made.release();
    expect(made.value).toBe(2);
  }
});

test("a task that is killed with a permit leaves it to the next", async () => {
  const single = new BoundedSemaphore(1);
  await expect(processes.submit(takeOneAndDie, single).result()).rejects.toMatchObject({ code: "ERR_WORKER_CRASHED" });
  const guard = await single.acquire({ timeout: 50_000 });
  expect(guard.abandoned).toBe(true);
});
