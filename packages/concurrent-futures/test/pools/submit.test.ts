/** What can be submitted, and what is refused how. */
import { expect, test } from "@jest/globals";
import { importTasks, inline, partial, runInExecutor, TaskReferenceError, task, toThread } from "concurrent-futures";
import triple, {
  add,
  addLater,
  memoizedSquare,
  operations,
  quadruple,
  Scale,
  square,
  sum,
} from "../fixtures/arithmetic.js";
import { seeContext } from "../fixtures/contexts.js";
import { place } from "../fixtures/places.js";
import { everyPool, failureOf } from "./every-pool.js";

const arithmetic = new URL("../fixtures/arithmetic.js", import.meta.url);
const tasks = importTasks<typeof import("../fixtures/arithmetic.js")>(arithmetic);
const outer = 40;

everyPool("submit", ({ share }) => {
  const pool = share();

  test("runs an exported function in a worker", async () => {
    expect(await pool().submit(add, 40, 2)).toBe(42);
    expect(await pool().submit(place)).not.toBe(place());
  });

  test("runs an async function and gives what it resolves to", async () => {
    expect(await pool().submit(addLater, 40, 2)).toBe(42);
  });

  test("finds arrow functions, default exports and renamed exports", async () => {
    expect(
      await Promise.all([pool().submit(square, 7), pool().submit(triple, 7), pool().submit(quadruple, 7)]),
    ).toEqual([49, 21, 28]);
  });

  test("finds a function that another function made", async () => {
    expect(await pool().submit(memoizedSquare, 9)).toBe(81);
  });

  test("finds static methods with their class, and functions in an exported object", async () => {
    expect(await pool().submit(Scale.up, 4)).toBe(40);
    expect(await pool().submit(Scale.upTwice, 4)).toBe(400);
    expect(await pool().submit(operations.negate, 4)).toBe(-4);
  });

  test("sends the source of a function that uses nothing from around it", async () => {
    expect(await pool().submit((a: number, b: number) => Math.max(a, b) + [a, b].length, 3, 5)).toBe(7);
    expect(await pool().submit(async () => (await import("node:path")).basename("/a/b.txt"))).toBe("b.txt");
    expect(
      await pool().submit(function factorial(n: number): number {
        return n < 2 ? 1 : n * factorial(n - 1);
      }, 5),
    ).toBe(120);
  });

  test("refuses a function that uses a variable around it, naming the function, the variable and the remedies", async () => {
    const addOuter = (n: number) => n + outer;
    const error = await failureOf(() => pool().submit(addOuter, 2));
    expect(error).toBeInstanceOf(TaskReferenceError);
    const { message, code } = error as TaskReferenceError;
    expect(code).toBe("ERR_TASK_REFERENCE");
    for (const part of [
      "addOuter",
      "submit.test",
      "`outer`",
      "xport",
      "argument",
      "inline(addOuter, { captures: { outer } })",
    ]) {
      expect(message).toContain(part);
    }
  });

  test("sends the variables that inline() names along with the function", async () => {
    const addOuter = inline((n: number) => n + outer, { captures: { outer } });
    expect(await pool().submit(addOuter, 2)).toBe(42);
    expect(addOuter(3)).toBe(43); // and it is still a function here
  });

  test("runs functions declared with task(), which are still functions here", async () => {
    const declared = task(arithmetic, "square", square);
    expect(await pool().submit(declared, 8)).toBe(64);
    expect(declared(9)).toBe(81);
  });

  test("runs functions of a module that the parent never loads, by importTasks()", async () => {
    expect(await pool().submit(tasks.add, 1, 2)).toBe(3);
    expect(await pool().submit(tasks.default, 5)).toBe(15);
    expect(await pool().submit(tasks.quadruple, 5)).toBe(20);
  });

  test("rejects a missing or non-function export with its name", async () => {
    const wrong = importTasks<{ nowhere(): void; notAFunction(): void }>(arithmetic);
    for (const name of ["nowhere", "notAFunction"] as const) {
      const error = await failureOf(() => pool().submit(wrong[name]));
      expect(error).toMatchObject({ code: "ERR_TASK_REFERENCE", message: expect.stringContaining(name) });
    }
  });

  test("rejects when the module does not exist, and goes on", async () => {
    const nowhere = importTasks<{ run(): void }>(new URL("./no-such-module.js", import.meta.url));
    const error = await failureOf(() => pool().submit(nowhere.run));
    expect(String((error as Error).message)).toContain("no-such-module.js");
    expect(await pool().submit(add, 1, 1)).toBe(2);
  });

  test("binds leading arguments with partial(), also of references and of partials", async () => {
    expect(await pool().submit(partial(add, 40), 2)).toBe(42);
    expect(await pool().submit(partial(add, 40, 3))).toBe(43);
    expect(await pool().submit(partial(partial(sum, 1, 2), 3), 4, 5)).toBe(15);
    expect(await pool().submit(partial(tasks.add, 40), 4)).toBe(44);
  });

  test.each([
    ["undefined", undefined],
    ["a number", 5],
    ["an object", {}],
    ["null", null],
    ["a string", "square"],
  ])("throws TypeError for %s", (_, value) => {
    expect(() => pool().submit(value as never)).toThrow(TypeError);
    expect(() => pool().map(value as never, [1])).toThrow(TypeError);
  });

  test("refuses a class", async () => {
    const error = await failureOf(() => pool().submit(Scale as never));
    expect(error).toMatchObject({ code: "ERR_TASK_REFERENCE", message: expect.stringContaining("Scale") });
  });

  test("refuses a bound function", async () => {
    const error = await failureOf(() => pool().submit(add.bind(null, 1), 2));
    expect(error).toMatchObject({ code: "ERR_TASK_REFERENCE", message: expect.stringContaining("partial") });
  });

  test("refuses a function that is not exported and uses import.meta", async () => {
    const where = () => import.meta.url;
    const error = await failureOf(() => pool().submit(where));
    expect(error).toMatchObject({ code: "ERR_TASK_REFERENCE", message: expect.stringContaining("import.meta") });
  });

  test("runs a built-in function or refuses it, but never hangs", async () => {
    for (const builtIn of [Math.max, JSON.stringify, structuredClone, process.cwd]) {
      const outcome = pool().submit(builtIn as (n: number) => unknown, 3);
      const error = await outcome.exception({ timeout: 45_000 });
      if (error !== undefined) expect(error).toMatchObject({ code: "ERR_TASK_REFERENCE" });
    }
    expect(await pool().submit(Math.max, 3, 9, 5)).toBe(9);
  });

  test("calls can be submitted from the callbacks of others", async () => {
    const later = await new Promise<PromiseLike<number>>((resolve) => {
      pool()
        .submit(add, 1, 2)
        .addDoneCallback(() => resolve(Promise.resolve(pool().submit(add, 3, 4))));
    });
    expect(await later).toBe(7);
  });

  test("with() leaves the executor itself as it is", async () => {
    const named = pool().with({ name: "a look", priority: 3 });
    const nameOf = () => pool().submit(seeContext);
    expect(await named.submit(seeContext)).toMatchObject({ name: "a look" });
    expect(await nameOf()).toMatchObject({ name: "seeContext" });
  });

  test("a refused function fails its own future only", async () => {
    const before = pool().stats();
    const futures = Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0 ? pool().submit(add, n, 1) : pool().submit((k: number) => k + outer, n),
    );
    const outcomes = await Promise.allSettled(futures);
    expect(outcomes.map(({ status }) => status)).toEqual(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? "fulfilled" : "rejected")),
    );
    expect(pool().stats().crashed).toBe(before.crashed);
  });
});

test("runInExecutor(null) uses the default executor, a thread pool; so does toThread", async () => {
  const somewhere = await runInExecutor(null, place);
  expect(somewhere.split("/")[0]).toBe(`${process.pid}`);
  expect(somewhere).not.toBe(place());
  expect(await runInExecutor(null, add, 1, 2)).toBe(3);
});

test("toThread runs a function in a thread of the default pool", async () => {
  expect(await toThread(add, 1, 2)).toBe(3);
  expect(await toThread(place)).not.toBe(place());
});
