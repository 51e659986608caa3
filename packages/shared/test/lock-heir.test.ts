/** A lock that is released is left for 20 ms to one that has waited for it long: X2 of lock.ts. */
import { serialize } from "@concurrent-futures/core";
import { Lock, Value } from "@concurrent-futures/shared";
import { afterAll, afterEach, expect, jest, test } from "@jest/globals";
import { ProcessPoolExecutor } from "../../process-executor/dist/index.js";
import { ThreadPoolExecutor } from "../../thread-executor/dist/index.js";
import { Block } from "../dist/block.js";
import * as tasks from "./fixtures/lock-tasks.js";
import { until } from "./fixtures/until.js";

const HEIR = 1;
const FREED = 2;

const threads = new ThreadPoolExecutor({ maxWorkers: 1 });
const processes = new ProcessPoolExecutor({ maxWorkers: 1 });
afterAll(() => Promise.all([threads.killWorkers(), processes.killWorkers()]));
afterEach(() => void jest.restoreAllMocks());

/** Time stands still in this thread, until it is set. */
function stopTime(): (ms: number) => void {
  const start = Date.now();
  const now = jest.spyOn(Date, "now").mockReturnValue(start);
  return (ms) => void now.mockReturnValue(start + ms);
}

const wordsOf = (lock: Lock) => Block.fromState(lock[serialize](), "Lock").words;
const LATE = expect.objectContaining({ code: "ERR_TIMEOUT" });

test.each([
  ["thread", threads],
  ["process", processes],
] as const)("whoever releases it cannot have it again before a %s that waits", async (_kind, pool) => {
  const lock = new Lock();
  const words = wordsOf(lock);
  const guard = lock.acquireSync();
  const waiting = pool.submit(tasks.waitForEver, lock, new Value("int32"));
  await until(() => words[HEIR] !== 0, "it has waited long");
  stopTime();
  guard.release();
  expect(() => lock.acquireSync({ timeout: 0 })).toThrow(LATE);
  await until(() => lock.locked(), "it has the lock");
  await pool.killWorkers();
  await waiting.exception().catch(() => {});
});

test("one that waited long and does not come keeps others out for 20 ms, once", () => {
  const lock = new Lock();
  const words = wordsOf(lock);
  const setTime = stopTime();
  words[HEIR] = 101; // nobody
  words[FREED] = Date.now() | 0;
  for (const ms of [0, 19]) {
    setTime(ms);
    expect(() => lock.acquireSync({ timeout: 0 })).toThrow(LATE);
  }
  setTime(20);
  lock.acquireSync({ timeout: 0 }).release();
  expect(words[HEIR]).toBe(0);
});
