/** S: submitting calls. Semantics: concurrent.futures.Executor.submit, Python 3.14. */
import { importTasks, inline, partial } from "@concurrent-futures/core";
import { equal, ok, refuses, rejects, throws } from "../assertions.js";
import { clause } from "../clause.js";
import type * as testkitTasks from "../tasks.js";
import { add, double, echoAll, noteDown, passThrough } from "../tasks.js";

const range = (count: number) => Array.from({ length: count }, (_, n) => n);
const tasksUrl = new URL("../tasks.js", import.meta.url);
const wrongCounts = [0, -1, 1.5, Number.NaN];

/** How many were in at once, at most. */
function mostAtOnce(notes: readonly string[]): number {
  let inside = 0;
  let most = 0;
  for (const line of notes) {
    inside += line === "in" ? 1 : -1;
    most = Math.max(most, inside);
  }
  return most;
}

export const submitting = [
  clause("S-1", "what cannot be called is refused in the call, with TypeError", [], async (t) => {
    const executor = t.create();
    for (const value of [undefined, null, 5, {}, "add"]) {
      throws(() => executor.submit(value as never), { name: "TypeError" }, `submit(${String(value)})`);
      throws(() => executor.map(value as never, [1]), { name: "TypeError" }, `map(${String(value)})`);
    }
    equal(await executor.submit(add, 1, 2), 3);
  }),

  clause("S-2", "arguments arrive as many as they are, in their order", [], async (t) => {
    const executor = t.create();
    equal(await executor.submit(echoAll), []);
    equal(await executor.submit(echoAll, 1, "two", null, [3], undefined), [1, "two", null, [3], undefined]);
  }),

  clause("S-3", "partial() binds leading arguments", [], async (t) => {
    const executor = t.create();
    equal(await executor.submit(partial(echoAll, "a", "b"), "c"), ["a", "b", "c"]);
    equal(await executor.submit(partial(partial(echoAll, "a"), "b"), "c"), ["a", "b", "c"]);
  }),

  clause("S-4", "each of many calls gets its own result", [], async (t) => {
    const executor = t.create({ maxWorkers: 2 });
    const results = await Promise.all(range(1000).map((n) => executor.submit(double, n)));
    equal(
      results,
      range(1000).map((n) => 2 * n),
    );
  }),

  clause("S-5", "calls start in the order in which they were submitted", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 1 });
    const held = await t.hold(executor);
    const file = t.sign("notes");
    const calls = range(20).map((n) => executor.submit(noteDown, file, n));
    held.letGo();
    await Promise.all(calls);
    equal(t.notes(file), range(20).map(String));
  }),

  clause("S-6", "as many calls as there are workers run at once", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 3 });
    const [file, go] = [t.sign("notes"), t.sign("go")];
    const calls = range(3).map(() => executor.submit(passThrough, file, go));
    await t.until(() => t.notes(file).length === 3, "three are in");
    t.raise(go);
    await Promise.all(calls);
  }),

  clause("S-7", "no more calls than there are workers run at once", ["maxWorkers"], async (t) => {
    const executor = t.create({ maxWorkers: 2 });
    const [file, go] = [t.sign("notes"), t.sign("go")];
    const calls = range(10).map(() => executor.submit(passThrough, file, go));
    await t.until(() => t.notes(file).length >= 2, "two are in");
    await t.turns();
    t.raise(go);
    await Promise.all(calls);
    equal(mostAtOnce(t.notes(file)), 2);
  }),

  clause("S-8", "a wrong `maxWorkers` is refused, by its name", ["maxWorkers"], async (t) => {
    for (const maxWorkers of wrongCounts) refuses(() => t.create({ maxWorkers }), "maxWorkers");
    refuses(() => t.create({ maxWorkers: "2" as never }), "maxWorkers");
  }),

  clause("S-9", "references to a module's functions can be submitted and mapped", ["references"], async (t) => {
    const executor = t.create();
    const tasks = importTasks<typeof testkitTasks>(tasksUrl);
    equal(await executor.submit(tasks.add, 1, 2), 3);
    equal(await executor.map(tasks.double, [1, 2, 3]), [2, 4, 6]);
    equal(await executor.submit(partial(tasks.add, 1), 2), 3);
  }),

  clause("S-10", "a reference to nothing rejects, and names it", ["references"], async (t) => {
    const tasks = importTasks<{ noSuchTask: () => void }>(tasksUrl);
    const executor = t.create();
    await rejects(executor.submit(tasks.noSuchTask), { message: /noSuchTask/ }, "a missing export");
    equal(await executor.submit(add, 1, 2), 3);
  }),

  clause("S-11", "a function that no module exports is sent by its source", ["sourceTasks"], async (t) => {
    const executor = t.create();
    equal(await executor.submit((n: number) => n + 1, 1), 2);
    equal(await executor.submit(async (n: number) => n + 1, 1), 2);
    equal(await executor.map((n: number) => n * n, [1, 2, 3]), [1, 4, 9]);
  }),

  clause(
    "S-12",
    "a function that uses variables around it is refused, and they are named",
    ["sourceTasks"],
    async (t) => {
      const offset = range(3).length;
      const executor = t.create();
      const refused = { name: "TaskReferenceError", code: "ERR_TASK_REFERENCE", message: /offset/ } as const;
      const submitted = (async () => executor.submit((n: number) => n + offset, 1))();
      await rejects(submitted, refused, "a closure");
      equal(await executor.submit(add, 1, 2), 3);
    },
  ),

  clause("S-13", "inline() sends the named variables along", ["sourceTasks"], async (t) => {
    const offset = range(3).length;
    const plus = inline((n: number) => n + offset, { captures: { offset } });
    ok((await t.create().submit(plus, 1)) === 4, "1 + offset");
  }),
];
