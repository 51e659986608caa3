/**
 * Runs the clauses for one of our executors in whatever runtime this is, without a test runner: from the clause with
 * number `first` on, and tells of each on a line of its own.
 *
 *   RUNTIME run-clauses.js event-loop|thread-pool|process-pool [first [named]]
 */
import { writeSync } from "node:fs";
import { partial, shapeOf, task } from "@concurrent-futures/core";
import { clausesFor, runClause } from "../dist/index.js";
import * as tasks from "../dist/tasks.js";
import * as claims from "../dist-test/executors/claims.js";

/** Each loads what it needs only: a runtime that cannot load one may have the others. */
const executors = {
  "event-loop": async () => {
    const { EventLoopExecutor } = await import("@concurrent-futures/core");
    return { create: (options) => new EventLoopExecutor(options), claimed: claims.eventLoop };
  },
  "thread-pool": async () => {
    const { ThreadPoolExecutor } = await import("@concurrent-futures/thread-executor");
    return { create: (options) => new ThreadPoolExecutor(options), claimed: claims.threadPool };
  },
  "process-pool": async () => {
    const { ProcessPoolExecutor } = await import("@concurrent-futures/process-executor");
    return { create: (options) => new ProcessPoolExecutor(options), claimed: claims.processPool };
  },
};

/** What a program does where no inspector tells which export a function or class is: it says so. */
const tasksUrl = new URL("../dist/tasks.js", import.meta.url).href;
async function nameClasses() {
  const { declareClass } = await import("@concurrent-futures/worker-pool");
  for (const cls of [tasks.PaymentError, tasks.Temperature]) declareClass(cls, tasksUrl, cls.name);
}
const named = new Map(
  Object.entries(tasks)
    .filter(([name, value]) => typeof value === "function" && /^[a-z]/.test(name))
    .map(([name, fn]) => [fn, task(tasksUrl, name, fn)]),
);
function nameIt(fn) {
  const shape = typeof fn === "function" ? shapeOf(fn) : undefined;
  if (shape?.kind === "partial") return partial(nameIt(shape.task), ...shape.args);
  return named.get(fn) ?? fn;
}
function naming(executor) {
  for (const method of ["submit", "map", "starmap"]) {
    const original = executor[method];
    executor[method] = (fn, ...rest) => original.call(executor, nameIt(fn), ...rest);
  }
  const bind = executor.with;
  if (bind) executor.with = (...options) => naming(bind.call(executor, ...options));
  return executor;
}
const nameHooks = (options = {}) => ({
  ...options,
  ...(options.initializer && { initializer: nameIt(options.initializer) }),
  ...(options.finalizer && { finalizer: nameIt(options.finalizer) }),
});

const MARK = "\u001e"; // begins each of our lines: tasks and runtimes print too
const tell = (what) => writeSync(1, `${MARK}${JSON.stringify(what)}\n`);

const [, , name = "", first = "0", references = ""] = process.argv;
const deadline = Number(process.env.CLAUSE_DEADLINE ?? 20_000);
const { create: plainly, claimed } = await executors[name]();
const create = references === "named" ? (options) => naming(plainly(nameHooks(options))) : plainly;
if (references === "named") await nameClasses();
const clauses = clausesFor(claimed);
tell({ total: clauses.length });
for (const [number, clause] of clauses.entries()) {
  if (number < Number(first)) continue;
  tell({ begins: clause.id, number, title: clause.title });
  try {
    await runClause(clause, create, deadline);
    tell({ ends: clause.id, passed: true });
  } catch (error) {
    tell({ ends: clause.id, passed: false, why: String(error?.message ?? error) });
  }
}
tell({ over: true });
process.exit(0);
