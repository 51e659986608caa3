/**
 * What submit, map, starmap, with and importTasks infer. The compiler does the testing: a line under an expectation of an
 * error must not compile, and the rest must. Nothing here runs.
 */
import { expect, test } from "@jest/globals";
import {
  type BoundExecutor,
  type Future,
  importTasks,
  inline,
  type MapResults,
  ProcessPoolExecutor,
  partial,
  ThreadPoolExecutor,
  task,
  toThread,
} from "concurrent-futures";
import { add, addLater, square } from "../fixtures/arithmetic.js";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles only where the types are the same. */
function same<A, B>(..._proof: Same<A, B> extends true ? [] : [never]): void {}

const tasks = importTasks<typeof import("../fixtures/arithmetic.js")>(
  new URL("../fixtures/arithmetic.js", import.meta.url),
);
const prepare = (_folder: string, _size: number): void => {};
const identity = <T>(value: T): T => value;

function _submits(pool: ThreadPoolExecutor | ProcessPoolExecutor, bound: BoundExecutor): void {
  const sum = pool.submit(add, 1, 2);
  same<typeof sum, Future<number>>();
  const later = pool.submit(addLater, 1, 2); // async functions are awaited
  same<typeof later, Future<number>>();
  const referenced = pool.submit(tasks.addLater, 1, 2);
  same<typeof referenced, Future<number>>();
  const rest = pool.submit(partial(add, 1), 2);
  same<typeof rest, Future<number>>();
  const declared = pool.submit(task(import.meta.url, "square", square), 2);
  same<typeof declared, Future<number>>();
  const sent = pool.submit(
    inline((text: string) => text.length),
    "four",
  );
  same<typeof sent, Future<number>>();
  const text = pool.submit((n: number, unit = "m") => `${n} ${unit}`, 1);
  same<typeof text, Future<string>>();
  const word = pool.submit(identity<"word">, "word");
  same<typeof word, Future<"word">>();
  const named = bound.submit(add, 1, 2);
  same<typeof named, Future<number>>();
  const threaded = toThread(add, 1, 2);
  same<typeof threaded, Future<number>>();

  // @ts-expect-error: an argument is missing
  pool.submit(add, 1);
  // @ts-expect-error: one too many
  pool.submit(add, 1, 2, 3);
  // @ts-expect-error: a string is no number
  pool.submit(add, 1, "2");
  // @ts-expect-error: not a function
  pool.submit(5);
  // @ts-expect-error: an argument of a reference is missing
  pool.submit(tasks.add, 1);
  // @ts-expect-error: of a reference, a string is no number
  pool.submit(tasks.square, "2");
  // @ts-expect-error: the module exports no such thing
  pool.submit(tasks.nothing);
  // @ts-expect-error: what the module exports under this name is not a function
  pool.submit(tasks.notAFunction);
  // @ts-expect-error: the partial takes one more number
  pool.submit(partial(add, 1), "2");
  // @ts-expect-error: a string cannot be bound
  partial(add, "1");
  // @ts-expect-error: options are bound with with(), not given to submit
  pool.submit(square, 1, { timeout: 5 });
}

function _maps(pool: ThreadPoolExecutor): void {
  const squares = pool.map(square, [1, 2]);
  same<typeof squares, MapResults<number>>();
  const later = pool.map(async (n: number) => `${n}`, new Set([1]));
  same<typeof later, MapResults<string>>();
  const sums = pool.starmap(add, [[1, 2]]);
  same<typeof sums, MapResults<number>>();
  const bound = pool.with({ timeout: 5, priority: 1 }).map(tasks.square, new Uint8Array(2), { chunkSize: "auto" });
  same<typeof bound, MapResults<number>>();

  // @ts-expect-error: strings are no numbers
  pool.map(square, ["1"]);
  // @ts-expect-error: a function of two parameters is for starmap
  pool.map(add, [1]);
  // @ts-expect-error: not iterable
  pool.map(square, 5);
  // @ts-expect-error: a list of one is too short
  pool.starmap(add, [[1]]);
  // @ts-expect-error: neither a number nor "auto"
  pool.map(square, [1], { chunkSize: "large" });
  // @ts-expect-error: there is no such option
  pool.map(square, [1], { chunk: 2 });
  // @ts-expect-error: there is no such option
  pool.with({ timeOut: 5 });
  // @ts-expect-error: a string is no priority
  pool.with({ priority: "high" });
}

function _constructs(): void {
  const pool = new ThreadPoolExecutor({ initializer: prepare, initArgs: ["folder", 5] });
  same<typeof pool, ThreadPoolExecutor<[_folder: string, _size: number]>>();
  // @ts-expect-error: the initializer's arguments are of the wrong types
  new ThreadPoolExecutor({ initializer: prepare, initArgs: [5, "folder"] });
  // @ts-expect-error: one argument of the initializer is missing
  new ProcessPoolExecutor({ initializer: prepare, initArgs: ["folder"] });
  // @ts-expect-error: a finalizer gets no arguments
  new ProcessPoolExecutor({ finalizer: (n: number) => n });
  // @ts-expect-error: there is no such option
  new ProcessPoolExecutor({ workers: 4 });
  // @ts-expect-error: resourceLimits are for threads
  new ProcessPoolExecutor({ resourceLimits: {} });
  // @ts-expect-error: cwd is for processes
  new ThreadPoolExecutor({ cwd: "/" });
}

test("what must compile compiles, and what must not does not", () => {
  expect([_submits, _maps, _constructs].map((check) => typeof check)).toEqual(["function", "function", "function"]);
});
