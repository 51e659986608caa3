import { setTimeout as sleep } from "node:timers/promises";
import { BrokenThreadPoolError, type Future, task } from "@concurrent-futures/core";
import { expect, jest, test } from "@jest/globals";
import { SLOTS } from "../../dist/memory.js";
import { resolveOptions } from "../../dist/options.js";
import { Scheduler } from "../../dist/scheduler.js";
import { HandTransport, type HandWorker } from "./fixtures/hand-worker.js";

const work = task("file:///tasks.js", "work", () => undefined);
/** So short that a worker is sent as many calls as it has slots, and long enough for sharing them to be worth it. */
const RUN_MS = 0.0005;

/** Does it while the clock stands still: to the pool, no call is late, however long this takes on a busy machine. */
function atOneMoment(action: () => void): void {
  const now = jest.spyOn(performance, "now").mockReturnValue(performance.now());
  action();
  now.mockRestore();
}

test("an idle worker whose slots are full of calls that were taken back from it gets no more than it has slots", async () => {
  const transport = new HandTransport();
  const pool = new Scheduler(transport, resolveOptions({ maxWorkers: 2 }), BrokenThreadPoolError);
  const submit = (): Future<unknown> => pool.submit({ task: work, args: [], options: {} }, undefined);
  const futures = [submit(), submit()];
  const [first, second] = transport.workers as [HandWorker, HandWorker];
  first.ready();
  expect(first.runAll(RUN_MS)).toBe(2); // the function is known to be short

  // The second worker is still starting, so the first gets all, is stuck in one, and all others are taken back.
  const many = SLOTS - 24;
  atOneMoment(() => {
    for (let i = 0; i < many; i++) futures.push(submit());
  });
  const stuckIn = first.start() as number;
  expect(first.calls().length).toBe(many - 1);
  while (!first.calls().every((slot) => first.wasTakenBack(slot))) await sleep(5);

  // The second takes them; then the first is done and has nothing to do, but room for 25 only.
  atOneMoment(() => {
    second.ready();
    first.end(stuckIn, RUN_MS);
  });
  expect(first.calls().length).toBe(SLOTS);
  let ran = 0;
  for (let more = true; more; ) {
    const now = first.runAll(RUN_MS) + second.runAll(RUN_MS);
    ran += now;
    more = now > 0;
  }
  expect(ran).toBe(many - 1);
  await Promise.all(futures);
  expect(pool.stats()).toMatchObject({ completed: futures.length, failed: 0, queued: 0 });
  await pool.force("kill");
});
