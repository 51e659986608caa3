/** F: what is told when a future is done. Semantics: concurrent.futures.Future.add_done_callback, Python 3.14. */
import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import type { Future } from "@concurrent-futures/core";
import { equal, ok } from "../assertions.js";
import { clause } from "../clause.js";
import { add, hold, throwIt } from "../tasks.js";

/** How often `part` of a message is reported meanwhile, as a warning or on the console. */
async function reported(part: string, during: () => Promise<void>): Promise<number> {
  const { emitWarning } = process;
  const { error } = console;
  let count = 0;
  const listen = (...said: unknown[]) => {
    if (inspect(said).includes(part)) count += 1;
  };
  process.emitWarning = listen;
  console.error = listen;
  try {
    await during();
  } finally {
    process.emitWarning = emitWarning;
    console.error = error;
  }
  return count;
}

export const callbacks = [
  clause("F-13", "done callbacks run once each, in order, as often as they were added", [], async (t) => {
    const held = await t.hold(t.create());
    const told: string[] = [];
    const twice = () => void told.push("twice");
    held.future.addDoneCallback((future) => void told.push(future === held.future ? "first" : "another future"));
    held.future.addDoneCallback(twice);
    held.future.addDoneCallback(twice);
    held.future.addDoneCallback(() => void told.push("last"));
    await t.turns();
    equal(told, []);
    held.letGo();
    await held.future;
    await t.turns();
    equal(told, ["first", "twice", "twice", "last"]);
  }),

  clause("F-14", "callbacks have run when an await of the future goes on", [], async (t) => {
    const held = await t.hold(t.create());
    let told = false;
    const awaited = held.future.then(() => told);
    held.future.addDoneCallback(() => {
      told = true;
    });
    held.letGo();
    equal(await awaited, true);
  }),

  clause("F-15", "a callback that is added to a done future runs at once", [], async (t) => {
    const executor = t.create();
    const futures: Future<unknown>[] = [executor.submit(add, 1, 2), executor.submit(throwIt, "bad")];
    await Promise.allSettled(futures);
    for (const future of futures) {
      let told = 0;
      future.addDoneCallback(() => {
        told += 1;
      });
      equal(told, 1);
      await t.turns();
      equal(told, 1);
    }
  }),

  clause("F-16", "a callback that throws, or whose promise rejects, stops no other and is reported", [], async (t) => {
    const held = await t.hold(t.create());
    const told: string[] = [];
    held.future.addDoneCallback(() => {
      throw new Error("A fault of the callback");
    });
    held.future.addDoneCallback(async () => {
      throw new Error("A fault of the callback, later");
    });
    held.future.addDoneCallback(() => void told.push("the next"));
    const reports = await reported("A fault of the callback", async () => {
      held.letGo();
      ok(typeof (await held.future) === "string", "the result stands");
      await t.turns();
    });
    equal(told, ["the next"]);
    equal(reports, 2, "how many were reported");
  }),

  clause("F-17", "callbacks run in the async context of the submit", [], async (t) => {
    const storage = new AsyncLocalStorage<string>();
    const executor = t.create();
    const sign = [t.sign("started"), t.sign("go")] as const;
    const future = storage.run("of the submit", () => executor.submit(hold, ...sign));
    const seen: unknown[] = [];
    storage.run("of the callback", () => future.addDoneCallback(() => void seen.push(storage.getStore())));
    t.raise(sign[1]);
    await future;
    equal(seen, ["of the submit"]);
  }),

  clause("F-32", "a callback that is added in a callback runs at once", [], async (t) => {
    const held = await t.hold(t.create());
    const told: string[] = [];
    held.future.addDoneCallback((future) => {
      future.addDoneCallback(() => void told.push("inner"));
      told.push("outer");
    });
    held.letGo();
    await held.future;
    equal(told, ["inner", "outer"]);
  }),
];
