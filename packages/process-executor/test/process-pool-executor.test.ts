import { realpathSync } from "node:fs";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { BrokenProcessPoolError, WorkerCrashedError } from "@concurrent-futures/core";
import { afterEach, describe, expect, test } from "@jest/globals";
import { ProcessPoolExecutor, type ProcessPoolOptions } from "../dist/index.js";
import {
  add,
  argv,
  cwd,
  environment,
  execArgv,
  exit,
  fail,
  fill,
  junk,
  pid,
  returnThenExit,
  size,
} from "./fixtures/tasks.js";

const pools: ProcessPoolExecutor[] = [];
const create = (options: ProcessPoolOptions = {}): ProcessPoolExecutor => {
  const pool = new ProcessPoolExecutor({ maxWorkers: 1, ...options });
  pools.push(pool);
  return pool;
};
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.killWorkers()));
});

describe.each<[string, ProcessPoolOptions]>([
  ["with shared memory", {}],
  ["without", { execArgv: ["--no-addons"] }],
])("a pool of processes %s", (_, options) => {
  test("runs calls in other processes", async () => {
    const pool = create(options);
    expect(await pool.submit(add, 1, 2)).toBe(3);
    expect(await pool.submit(pid)).not.toBe(process.pid);
    expect(await pool.map(pid, Array.from({ length: 100 }))).toHaveLength(100);
  });

  test("carries large arguments and results", async () => {
    const pool = create(options);
    expect(await pool.submit(size, new Uint8Array(20_000_000))).toBe(20_000_000);
    const result = await pool.submit(fill, 20_000_000);
    expect(result.length).toBe(20_000_000);
    expect(result.at(-1)).toBe(5);
  });

  test("goes on after a worker exits, and the error says how it ended", async () => {
    const pool = create({ ...options, stderr: "ignore" });
    const error = await pool.submit(fail, 3).exception();
    expect(error).toBeInstanceOf(WorkerCrashedError);
    expect(error).toMatchObject({ exitCode: 3, signal: undefined, stderr: "about to fail" });
    expect(await pool.submit(add, 1, 2)).toBe(3);
  });

  test("runs a call elsewhere that reached a worker which was exiting", async () => {
    const pool = create(options);
    // Rounds may share an exit: a call that is fast enough is run before the worker exits.
    for (let round = 1; pool.stats().crashed < 5; round++) {
      expect(await pool.submit(returnThenExit, round)).toBe(round);
      expect(await pool.submit(add, 1, 2)).toBe(3);
    }
  });

  test("takes no notice of junk that tasks write to stdout, to descriptors and to process.send", async () => {
    const stdout = new PassThrough();
    const pool = create({ ...options, stdout });
    expect(await Promise.all([pool.submit(junk), pool.submit(junk)])).toEqual(["done", "done"]);
    expect(await pool.submit(add, 1, 2)).toBe(3);
    await pool.shutdown();
    expect(await text(stdout.end())).toBe("junk to stdout\njunk to stdout\n");
  });

  test("breaks, rather than starting workers for ever, when they cannot start", async () => {
    const pool = create({ execArgv: [...(options.execArgv ?? []), "--no-such-option"], stderr: "ignore" });
    const error = await pool.submit(add, 1, 2).exception();
    expect(error).toBeInstanceOf(BrokenProcessPoolError);
  });
});

describe("options", () => {
  test("`env`, `argv`, `execArgv` and `cwd` reach the workers", async () => {
    const pool = create({
      env: { COLOR: "blue" },
      argv: ["a", "b"],
      execArgv: ["--no-warnings"],
      cwd: pathToFileURL("/"),
    });
    expect(await pool.submit(environment, "COLOR")).toBe("blue");
    expect(await pool.submit(environment, "PATH")).toBeUndefined();
    expect(await pool.submit(argv)).toEqual(["a", "b"]);
    expect(await pool.submit(execArgv)).toEqual(["--no-warnings"]);
    expect(await pool.submit(cwd)).toBe("/");
  });

  test("without them, workers have their parent's", async () => {
    const pool = create();
    const { PATH } = process.env;
    expect(await pool.submit(environment, "PATH")).toBe(PATH);
    expect(await pool.submit(cwd)).toBe(realpathSync(process.cwd()));
  });

  test("workers that are debugged look for ports of their own", async () => {
    const pool = create({ maxWorkers: 2, execArgv: ["--inspect=9229"], stderr: "ignore" });
    await pool.ready();
    expect(await pool.submit(execArgv)).toEqual(["--inspect=0"]);
  });

  test.each([
    [{ cwd: 5 }, TypeError, "Expected `cwd` to be a path or a file URL, got 5"],
    [{ cwd: "/does/not/exist" }, RangeError, "Expected `cwd` to be an existing directory, got '/does/not/exist'"],
    [{ env: "A=1" }, TypeError, "Expected `env` to be an object of strings, got 'A=1'"],
    [{ argv: "a" }, TypeError, "Expected `argv` to be an array of strings, got 'a'"],
    [{ execArgv: [1] }, TypeError, "Expected `execArgv` to be an array of strings, got [ 1 ]"],
    [{ stdout: "file" }, TypeError, "Expected `stdout`"],
    [{ maxWorkers: 0 }, RangeError, "Expected `maxWorkers` to be an integer of at least 1, got 0"],
  ])("%j is refused", (options, type, message) => {
    const create = (): unknown => new ProcessPoolExecutor(options as never);
    expect(create).toThrow(type);
    expect(create).toThrow(message);
  });

  test("their types are checked", () => {
    // @ts-expect-error `cwd` is no number
    expect(() => new ProcessPoolExecutor({ cwd: 5 })).toThrow(TypeError);
    // @ts-expect-error `add` takes numbers
    expect(() => create({ initializer: exit, initArgs: ["1"] } satisfies ProcessPoolOptions<[number]>)).not.toThrow();
  });
});
