/**
 * What Process and Pool infer. The compiler does the testing: a line under an expectation of an error must not compile,
 * and the rest must. Nothing here runs.
 */

import { importTasks, inline, partial, type TaskReference } from "@concurrent-futures/core";
import {
  type AsyncResult,
  activeChildren,
  type Pool,
  Pool as PoolClass,
  Process,
  parentProcess,
  type Results,
} from "@concurrent-futures/multiprocessing";
import { expect, test } from "@jest/globals";
import { add, pid, square, untilThere } from "./fixtures/calls.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where the types are the same. */
function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

const sum = (...numbers: number[]): number => numbers.length;
const optional = (a: number, b?: string): string => `${a}${b}`;
const later = async (n: number): Promise<string> => `${n}`;
declare const tasks: TaskReference<[a: number, b: number], number>;

function _processes(): void {
  new Process({ target: add, args: [1, 2] });
  new Process({ target: add, args: [1, 2] as const, name: "adder", daemon: true });
  new Process({ target: pid });
  new Process({ target: pid, args: [] });
  new Process({ target: sum });
  new Process({ target: sum, args: [1, 2, 3] });
  new Process({ target: optional, args: [1] });
  new Process({ target: optional, args: [1, "2"] });
  new Process({ target: later, args: [1] });
  new Process({ target: partial(add, 1), args: [2] });
  new Process({ target: partial(add, 1, 2) });
  new Process({ target: inline(square, { captures: {} }), args: [2] });
  new Process({ target: tasks, args: [1, 2] });
  new Process({ target: () => {} });
  new Process({
    target: (a: string, b: number) => a.repeat(b),
    args: ["a", 2],
    cwd: "/",
    env: {},
    execArgv: [],
    argv: [],
  });
  // @ts-expect-error the arguments are missing
  new Process({ target: add });
  // @ts-expect-error one is missing
  new Process({ target: add, args: [1] });
  // @ts-expect-error one is of another type
  new Process({ target: add, args: [1, "2"] });
  // @ts-expect-error one too many
  new Process({ target: add, args: [1, 2, 3] });
  // @ts-expect-error a list of arguments, not an argument
  new Process({ target: square, args: 1 });
  // @ts-expect-error what partial has bound is not given again
  new Process({ target: partial(add, 1), args: [1, 2] });
  // @ts-expect-error not callable
  new Process({ target: 5 });
  // @ts-expect-error there is no target
  new Process({ args: [] });
  // @ts-expect-error no such option
  new Process({ target: pid, kwargs: {} });
  const process = new Process({ target: add, args: [1, 2] });
  const all: Process[] = [process, ...activeChildren()];
  same<(typeof process)["exitCode"], number | undefined>();
  same<(typeof process)["pid"], number | undefined>();
  // @ts-expect-error it is read-only
  process.exitCode = 1;
  // @ts-expect-error options, as everywhere
  void process.join(1000);
  void all;
  const parent = parentProcess();
  // @ts-expect-error it may be undefined
  parent.pid;
}

function _pools(pool: Pool): void {
  same<ReturnType<typeof _apply>, Promise<number>>();
  function _apply() {
    return pool.apply(add, [1, 2]);
  }
  const reference = pool.apply(tasks, [1, 2]);
  same<typeof reference, Promise<number>>();
  const text = pool.apply(later, [1]);
  same<typeof text, Promise<string>>();
  const nothing = pool.apply(pid);
  same<typeof nothing, Promise<number>>();
  const result = pool.applyAsync(later, [1], {
    callback: (value) => same<typeof value, string>(),
    errorCallback: (error) => same<typeof error, unknown>(),
  });
  same<typeof result, AsyncResult<string>>();
  const got = result.get({ timeout: 5 });
  same<typeof got, Promise<string>>();
  void pool.applyAsync(pid, [], { callback: (value) => same<typeof value, number>() });
  const squares = pool.map(square, [1, 2], { chunkSize: 2 });
  same<typeof squares, Promise<number[]>>();
  const sums = pool.starmapAsync(add, [[1, 2]], { callback: (values) => same<typeof values, number[]>() });
  same<typeof sums, AsyncResult<number[]>>();
  const texts = pool.imapUnordered(later, new Set([1]));
  same<typeof texts, Results<string>>();
  // @ts-expect-error the arguments are missing
  void pool.apply(add);
  // @ts-expect-error a list of arguments, not the arguments
  void pool.apply(add, 1, 2);
  // @ts-expect-error a list of arguments, not an argument
  void pool.apply(square, 1);
  // @ts-expect-error one is of another type
  void pool.apply(add, [1, "2"]);
  // @ts-expect-error a function of two arguments
  void pool.map(add, [1, 2]);
  // @ts-expect-error items of another type
  void pool.map(square, ["1"]);
  // @ts-expect-error lists of another type
  void pool.starmap(add, [[1, "2"]]);
  // @ts-expect-error milliseconds go in an object
  void result.get(5);
  // @ts-expect-error an integer only
  void pool.imapUnordered(square, [1], { chunkSize: "auto" });
  new PoolClass({ processes: 2, initializer: add, initArgs: [1, 2], maxTasksPerChild: 3 });
  // @ts-expect-error an argument of another type
  new PoolClass({ initializer: add, initArgs: [1, "2"] });
  // @ts-expect-error Python's positional argument
  new PoolClass(4);
  // @ts-expect-error the executor's name for it
  new PoolClass({ maxWorkers: 4 });
  void untilThere;
  void importTasks;
}

test("the types above are what they are said to be", () => {
  expect([typeof _processes, typeof _pools]).toEqual(["function", "function"]);
});
