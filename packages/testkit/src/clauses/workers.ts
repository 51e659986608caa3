/** R: the workers of executors that have some; P: when they are processes. */
import { equal, matches, ok, refuses, rejects, throws } from "../assertions.js";
import { clause } from "../clause.js";
import {
  add,
  block,
  conclude,
  failPayment,
  passThrough,
  place,
  prepare,
  processId,
  whatWasPrepared,
} from "../tasks.js";

const broken = { name: /^Broken\w*Error$/ } as const;
const range = (count: number) => Array.from({ length: count }, (_, n) => n);

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

export const workers = [
  clause("R-1", "a task that blocks its worker does not block the caller", ["workers"], async (t) => {
    const [started, go] = [t.sign("started"), t.sign("go")];
    const future = t.create().submit(block, started, go, t.deadline / 2);
    await t.whenRaised(started);
    equal(future.running(), true);
    t.raise(go);
    ok(typeof (await future) === "string", "it ends when it is let go");
  }),

  clause("R-2", "calls one after the other reuse one idle worker", ["workers"], async (t) => {
    const executor = t.create({ maxWorkers: 3 });
    const places: string[] = [];
    for (let n = 0; n < 5; n++) places.push(await executor.submit(place));
    equal(new Set(places).size, 1);
  }),

  clause(
    "R-3",
    "`initializer` runs once in each worker, with `initArgs`, before the first task",
    ["initializer"],
    async (t) => {
      const file = t.sign("notes");
      const executor = t.create({ maxWorkers: 2, initializer: prepare as never, initArgs: [file, "ready for work"] });
      const answers = await Promise.all(range(10).map(() => executor.submit(whatWasPrepared)));
      equal([...new Set(answers)], ["ready for work"]);
      const initialized = t.notes(file);
      ok(initialized.length >= 1 && initialized.length <= 2, `it ran ${initialized.length} times`);
      equal(new Set(initialized).size, initialized.length);
    },
  ),

  clause(
    "R-4",
    "an `initializer` that fails breaks the executor: each future gets an error of its own",
    ["initializer"],
    async (t) => {
      const executor = t.create({ maxWorkers: 2, initializer: failPayment as never, initArgs: [7] });
      const calls = range(4).map(() => executor.submit(add, 1, 2));
      const errors = await Promise.all(calls.map((call) => rejects(call, broken, "an unfinished call")));
      equal(new Set(errors).size, 4);
      for (const error of errors) matches((error as Error).cause, { message: /Payment of 7/ }, "its cause");
      throws(() => executor.submit(add, 1, 2), broken, "submit to a broken executor");
      await executor.shutdown();
      throws(() => executor.submit(add, 1, 2), broken, "broken goes before shut down");
    },
  ),

  clause("R-5", "an `initializer` that cannot be called is refused by its name", ["initializer"], async (t) => {
    refuses(() => t.create({ initializer: 5 as never }), "initializer");
  }),

  clause(
    "R-6",
    "`finalizer` runs in each worker before shutdown() is over",
    ["finalizer", "initializer"],
    async (t) => {
      const [initialized, file] = [t.sign("initialized"), t.sign("finalized")];
      const executor = t.create({
        maxWorkers: 1,
        initializer: prepare as never,
        initArgs: [initialized, file],
        finalizer: conclude as never,
      });
      equal(await executor.submit(add, 1, 2), 3);
      equal(t.notes(file), []);
      await executor.shutdown();
      equal(t.notes(file).length, 1);
      equal(t.notes(file), t.notes(initialized));
    },
  ),

  clause("R-7", "`maxTasksPerWorker` replaces workers without ever stalling", ["maxTasksPerWorker"], async (t) => {
    const executor = t.create({ maxWorkers: 1, maxTasksPerWorker: 1 });
    const places = await Promise.all(range(4).map(() => executor.submit(place)));
    equal(new Set(places).size, 4);
  }),

  clause(
    "R-8",
    "with `wait: false` queued calls run even if workers must be replaced for it",
    ["maxTasksPerWorker"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1, maxTasksPerWorker: 1 });
      const calls = range(3).map((n) => executor.submit(add, n, 1));
      await executor.shutdown({ wait: false });
      equal(await Promise.all(calls), [1, 2, 3]);
    },
  ),

  clause("R-9", "`tasksPerWorker` runs so many async tasks at once on one worker", ["tasksPerWorker"], async (t) => {
    const executor = t.create({ maxWorkers: 1, tasksPerWorker: 3 });
    const [file, go] = [t.sign("notes"), t.sign("go")];
    const calls = range(6).map(() => executor.submit(passThrough, file, go));
    await t.until(() => t.notes(file).length >= 3, "three are in");
    await t.turns();
    equal(t.notes(file), ["in", "in", "in"]);
    t.raise(go);
    await Promise.all(calls);
  }),

  clause(
    "R-10",
    "above `maxQueue` a call rejects with QueueFullError; drained() tells of room",
    ["maxQueue", "maxWorkers"],
    async (t) => {
      const executor = t.create({ maxWorkers: 1, maxQueue: 2 });
      const held = await t.hold(executor);
      const waiting = range(2).map((n) => executor.submit(add, n, 1));
      await rejects(executor.submit(add, 1, 2), { name: "QueueFullError" }, "one too many");
      let room = false;
      const drained = executor.drained().then(() => {
        room = true;
      });
      await t.turns();
      equal(room, false);
      held.letGo();
      await drained;
      equal(await Promise.all([...waiting, executor.submit(add, 1, 2)]), [1, 2, 3]);
    },
  ),

  clause(
    "R-11",
    "ready() starts all workers, and is over when each is initialized",
    ["ready", "initializer"],
    async (t) => {
      const file = t.sign("notes");
      const executor = t.create({ maxWorkers: 2, initializer: prepare as never, initArgs: [file, "ready"] });
      await Promise.all([executor.ready(), executor.ready()]);
      equal(new Set(t.notes(file)).size, 2);
      equal(t.notes(file).length, 2);
    },
  ),

  clause("R-12", "stats() counts workers and calls", ["stats", "maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const waiting = executor.submit(add, 1, 2);
    const busy = executor.stats();
    equal([busy["workers"], busy["running"], busy["queued"], busy["completed"]], [1, 1, 1, 0]);
    waiting.cancel();
    held.letGo();
    await held.future;
    await t.until(() => executor.stats()["running"] === 0, "nothing runs");
    const after = executor.stats();
    equal([after["queued"], after["completed"], after["cancelled"]], [0, 1, 1]);
  }),

  clause(
    "R-13",
    "`idleTimeout` lets idle workers go, and calls that come later still run",
    ["idleTimeout", "stats"],
    async (t) => {
      const executor = t.create({ maxWorkers: 2, idleTimeout: 20 });
      equal(await executor.submit(add, 1, 2), 3);
      await t.until(() => executor.stats()["workers"] === 0, "the idle worker has left");
      equal(await executor.submit(add, 3, 4), 7);
    },
  ),

  clause("P-1", "calls run in another process than the caller", ["processes"], async (t) => {
    const pid = await t.create().submit(processId);
    ok(Number.isInteger(pid) && pid !== process.pid, `it ran in process ${pid}, the caller in ${process.pid}`);
  }),

  clause("P-2", "after shutdown() the processes are gone", ["processes"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const pid = await executor.submit(processId);
    await executor.shutdown();
    equal(isAlive(pid), false);
  }),
];
