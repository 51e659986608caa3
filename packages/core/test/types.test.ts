/** What TypeScript infers, and what it must refuse. Compiling this file is the test. */
import {
  asCompleted,
  BaseExecutor,
  type Call,
  EventLoopExecutor,
  type Executor,
  Future,
  importTasks,
  inline,
  type MapResults,
  partial,
  runInExecutor,
  type Task,
  type TaskReference,
  task,
  wait,
} from "@concurrent-futures/core";
import { expect, test } from "@jest/globals";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only if the value's type is exactly T. */
const is =
  <T>() =>
  <V>(_value: V, ..._proof: Equal<V, T> extends true ? [] : [never]): void => {};

declare const executor: Executor;
declare const add: (a: number, b: number) => number;
declare const load: (url: string, retries?: number) => Promise<string>;
declare const join: (...parts: string[]) => string;
declare const identity: <T>(value: T) => T;
declare const reference: TaskReference<[a: number, b?: string], Promise<boolean>>;

/** Never called. */
export function compiles(): void {
  is<Future<number>>()(executor.submit(add, 1, 2));
  is<Future<string>>()(executor.submit(load, "u"));
  is<Future<string>>()(executor.submit(load, "u", 3));
  is<Future<string>>()(executor.submit(join, "a", "b", "c"));
  is<Future<number>>()(executor.submit(identity<number>, 1));
  is<Future<boolean>>()(executor.submit(reference, 1));
  is<Future<boolean>>()(executor.submit(reference, 1, "x"));
  is<Future<number>>()(executor.submit(() => 5));
  is<Future<void>>()(executor.submit(async () => {}));
  is<Future<number>>()(executor.with({ priority: 1 }).submit(add, 1, 2));

  // @ts-expect-error a missing argument
  executor.submit(add, 1);
  // @ts-expect-error a wrong argument
  executor.submit(add, 1, "2");
  // @ts-expect-error one too many
  executor.submit(add, 1, 2, 3);
  // @ts-expect-error a wrong optional argument
  executor.submit(load, "u", "3");
  // @ts-expect-error a wrong argument of a reference
  executor.submit(reference, "x");
  // @ts-expect-error not a function
  executor.submit(5);
  // @ts-expect-error not an option
  executor.with({ prio: 1 });
  // @ts-expect-error a wrong option
  executor.with({ priority: "high" });

  is<MapResults<number>>()(executor.map((x: string) => x.length, ["a"]));
  is<MapResults<string>>()(executor.map(load, new Set(["u"])));
  is<MapResults<number>>()(executor.starmap(add, [[1, 2]]));
  is<PromiseLike<number[]>>()(executor.starmap(add, [[1, 2]]).then((all) => all));
  is<MapResults<boolean>>()(executor.map(reference, [1]));
  executor.map(async (x: number) => x, (async function* () {})() as AsyncIterable<number>, { chunkSize: "auto" });
  // @ts-expect-error items of another type
  executor.map((x: string) => x, [1]);
  // @ts-expect-error argument lists of another type
  executor.starmap(add, [[1, "2"]]);
  // @ts-expect-error not an iterable
  executor.map(add, 5);
  // @ts-expect-error a wrong option
  executor.map((x: number) => x, [1], { chunkSize: "large" });

  is<Promise<number>>()(runInExecutor(null, add, 1, 2));
  is<Promise<string>>()(runInExecutor(executor, load, "u"));
  // @ts-expect-error a wrong argument
  runInExecutor(executor, add, 1, "2");

  is<Future<number>>()(executor.submit(partial(add, 1), 2));
  is<number>()(partial(add, 1)(2));
  is<Promise<boolean>>()(partial(reference, 1)("x"));
  // @ts-expect-error a wrong bound argument
  partial(add, "1");
  // @ts-expect-error a missing argument
  executor.submit(partial(add, 1));

  is<number>()(task(import.meta.url, "add", add)(1, 2));
  is<Future<number>>()(executor.submit(task(import.meta.url, "add", add), 1, 2));
  is<Future<number>>()(executor.submit(inline(add, { captures: {} }), 1, 2));

  const tasks = importTasks<typeof import("./fixtures/tasks.js")>(import.meta.url);
  is<TaskReference<[a: number, b: number], number>>()(tasks.add);
  is<Future<number>>()(executor.submit(tasks.add, 1, 2));
  is<Future<string>>()(executor.submit(tasks.default));
  // @ts-expect-error not a function
  void tasks.notAFunction;
  // @ts-expect-error not an export
  void tasks.missing;
  // @ts-expect-error a wrong argument
  executor.submit(tasks.add, "1", 2);

  const mixed = [new Future<number>(), new Future<string>()];
  is<Promise<{ done: Set<Future<number> | Future<string>> }["done"]>>()(wait(mixed).then(({ done }) => done));
  const future: Future<unknown> = new Future<number>();
  is<Promise<unknown>>()(future.result());
  void (async () => {
    for await (const done of asCompleted([new Future<number>()])) is<number>()(await done);
    const [a, b] = await Promise.all([new Future<number>(), new Future<string>()]);
    is<number>()(a);
    is<string>()(b);
    await using pool = new EventLoopExecutor({ maxWorkers: 2 });
    await using results = pool.map((x: number) => x, [1]);
    is<number[]>()(await results);
  });
}

class Plugin extends BaseExecutor {
  protected override schedule({ task, args }: Call): Future<unknown> {
    const future = new Future<unknown>();
    if (typeof task === "function") future.setResult(task(...args));
    return future;
  }
  override async shutdown(): Promise<void> {}
}

test("a plugin needs schedule and shutdown only, and is an Executor", async () => {
  const plugin: Executor = new Plugin();
  const square: Task<[number], number> = (x) => x * x;
  expect(await plugin.submit(square, 3)).toBe(9);
});
