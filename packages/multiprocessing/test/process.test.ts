/** Process, seen from the program that starts it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { inline, partial, task } from "@concurrent-futures/core";
import { activeChildren, Process, type ProcessOptions } from "@concurrent-futures/multiprocessing";
import { afterAll, afterEach, describe, expect, test } from "@jest/globals";
import {
  describeItself,
  exitWith,
  ignoreTerm,
  killItself,
  note,
  noteEnvironment,
  noteKinds,
  noteLater,
  nothing,
  Point,
  setExitCode,
  spin,
  startDaemon,
  startTwo,
  untilThere,
} from "./fixtures/targets.js";
import { until } from "./support/until.js";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "multiprocessing-test-")));
let files = 0;
const fresh = () => join(folder, `${++files}`);
/** The whole lines of a file that others write: none while it is not there, or is there and still empty. */
const lines = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : []);

afterEach(async () => {
  const left = activeChildren();
  for (const child of left) child.kill();
  await Promise.all(left.map((child) => child.join()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that was started and has ended. */
async function ran<A extends readonly unknown[]>(options: ProcessOptions<A>): Promise<Process<A>> {
  const child = new Process(options);
  child.start();
  await child.join();
  return child;
}

const anyError = { code: "ERR_INVALID_STATE" };
/** A process that has ended and that nobody has asked yet how, is none that runs. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false; // gone, perhaps while it was looked at
  }
}

describe("life", () => {
  test("it runs the target with its arguments, in a process of its own, and ends with 0", async () => {
    const file = fresh();
    const child = new Process({ target: note, args: [file, "done"] });
    expect([child.pid, child.exitCode, child.isAlive()]).toEqual([undefined, undefined, false]);
    expect(child.start()).toBeUndefined();
    expect(child.pid).toBeGreaterThan(0);
    expect(child.pid).not.toBe(process.pid);
    expect([child.exitCode, child.isAlive()]).toEqual([undefined, true]);
    const { pid } = child;
    await child.join();
    expect([child.pid, child.exitCode, child.isAlive()]).toEqual([pid, 0, false]);
    expect(lines(file)).toEqual(["done"]);
  });

  test("join may be called by many, and again", async () => {
    const child = new Process({ target: nothing });
    child.start();
    await Promise.all([child.join(), child.join(), child.join({ timeout: 60_000 })]);
    await child.join();
    await child.join({ timeout: 0 });
    expect(child.exitCode).toBe(0);
  });

  test("join({ timeout }) returns although it still runs; so does a timeout of 0", async () => {
    const started = fresh();
    const child = new Process({ target: spin, args: [started] });
    child.start();
    await child.join({ timeout: 0 });
    expect(child.isAlive()).toBe(true);
    await child.join({ timeout: 30 });
    expect([child.isAlive(), child.exitCode]).toEqual([true, undefined]);
    child.kill();
    await child.join({ timeout: Number.POSITIVE_INFINITY });
    expect(child.exitCode).toBe(-9);
  });

  test("what the target leaves on the event loop still runs", async () => {
    const file = fresh();
    expect((await ran({ target: noteLater, args: [file, 50] })).exitCode).toBe(0);
    expect(lines(file)).toEqual(["early", "late"]);
  });

  test("many at once", async () => {
    const file = fresh();
    const children = Array.from({ length: 12 }, (_, n) => new Process({ target: note, args: [file, `${n}`] }));
    for (const child of children) child.start();
    expect(new Set(children.map(({ pid }) => pid)).size).toBe(12);
    await Promise.all(children.map((child) => child.join()));
    expect(children.map(({ exitCode }) => exitCode)).toEqual(children.map(() => 0));
    expect(
      lines(file)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(children.map((_, n) => n));
  });

  test("activeChildren: those that were started and have not ended", async () => {
    const [one, two] = [new Process({ target: spin }), new Process({ target: spin })];
    expect(activeChildren()).toEqual([]);
    one.start();
    two.start();
    expect(new Set(activeChildren())).toEqual(new Set([one, two]));
    one.kill();
    await one.join();
    expect(activeChildren()).toEqual([two]);
  });

  test("its arguments are kept until it has ended, and no longer", async () => {
    setFlagsFromString("--expose-gc");
    const gc: () => void = runInNewContext("gc");
    const [started, go] = [fresh(), fresh()];
    let argument: object | undefined = { go };
    const kept = new WeakRef(argument);
    const child = new Process({ target: untilThere, args: [started, go, argument] as never });
    argument = undefined;
    child.start();
    await until(() => existsSync(started), "it has started");
    gc();
    expect(kept.deref()).toBeDefined();
    note(go, "go");
    await child.join();
    await until(() => {
      gc();
      return kept.deref() === undefined;
    }, "the argument is collected");
    expect(child.exitCode).toBe(0);
  });

  test("nothing of a process is left when it has ended: no descriptor", async () => {
    const descriptors = () => readdirSync("/proc/self/fd").length;
    await ran({ target: nothing });
    const before = descriptors();
    for (let n = 0; n < 5; n++) await ran({ target: nothing });
    await until(() => descriptors() <= before, `no more than ${before} descriptors are open`);
  });
});

describe("exit codes", () => {
  test("process.exit(k) gives k, and so does process.exitCode", async () => {
    expect((await ran({ target: exitWith, args: [7] })).exitCode).toBe(7);
    expect((await ran({ target: exitWith, args: [0] })).exitCode).toBe(0);
    expect((await ran({ target: setExitCode, args: [5] })).exitCode).toBe(5);
  });

  test.each(["SIGKILL", "SIGTERM", "SIGABRT", "SIGSEGV"] as const)(
    "death by %s gives its number, negative",
    async (signal) => {
      const { exitCode } = await ran({ target: killItself, args: [signal] });
      expect(exitCode).toBe(-constants.signals[signal]);
    },
  );

  test("terminate() is SIGTERM, kill() is SIGKILL; on one that has ended they do nothing", async () => {
    const child = new Process({ target: spin });
    child.start();
    child.terminate();
    await child.join();
    expect(child.exitCode).toBe(-15);
    child.terminate();
    child.kill();
    expect(child.exitCode).toBe(-15);
  });

  test("one that ignores SIGTERM stays until kill()", async () => {
    const sign = fresh();
    const child = new Process({ target: ignoreTerm, args: [sign] });
    child.start();
    await until(() => existsSync(sign), "it listens to SIGTERM");
    child.terminate();
    await child.join({ timeout: 100 });
    expect(child.isAlive()).toBe(true);
    child.kill();
    await child.join();
    expect(child.exitCode).toBe(-9);
  });
});

describe("targets and arguments", () => {
  test("found as an executor's tasks are: exported, sent by source, inline, task(), partial", async () => {
    const file = fresh();
    await ran({ target: note, args: [file, "exported"] });
    await ran({
      target: async (to: string) => (await import("node:fs")).appendFileSync(to, "source\n"),
      args: [file],
    });
    const word = "inline";
    const bySource = async (to: string) => (await import("node:fs")).appendFileSync(to, `${word}\n`);
    await ran({ target: inline(bySource, { captures: { word } }), args: [file] });
    const reference = task(new URL("./fixtures/targets.js", import.meta.url).href, "note", note);
    await ran({ target: reference, args: [file, "task"] });
    await ran({ target: partial(partial(note, file), "partial") });
    await ran({ target: partial(note, file), args: ["partial and args"] });
    expect(lines(file)).toEqual(["exported", "source", "inline", "task", "partial", "partial and args"]);
  });

  test("arguments cross as to an executor: class instances, dates, maps, and megabytes", async () => {
    const file = fresh();
    const bytes = new Uint8Array(8 << 20).fill(7);
    await ran({ target: noteKinds, args: [file, new Point(3), new Date(5), bytes, new Map([["a", 1]])] });
    expect(JSON.parse(lines(file)[0] ?? "")).toEqual([3, 5, [7, 7, 7], bytes.length, [["a", 1]]]);
  });

  test("arguments are read by start()", async () => {
    const file = fresh();
    const args: [string, string] = [file, "before"];
    const child = new Process({ target: note, args });
    child.start();
    args[1] = "after";
    await child.join();
    expect(lines(file)).toEqual(["before"]);
  });

  test("a target that no process can find: start() throws TaskReferenceError, and nothing runs", () => {
    const around = Math.random();
    const child = new Process({ target: () => around });
    expect(() => child.start()).toThrow(expect.objectContaining({ code: "ERR_TASK_REFERENCE" }));
    expect([child.isAlive(), child.pid, activeChildren()]).toEqual([false, undefined, []]);
    expect(() => new Process({ target: Point as never }).start()).toThrow(/it is a class/);
  });

  test("arguments that cannot be sent: start() throws SerializationError with the place, and nothing runs", () => {
    const child = new Process({ target: note, args: ["x", { callback: () => {} } as never] });
    const error = { code: "ERR_SERIALIZATION", side: "argument", path: "args[1].callback" };
    expect(() => child.start()).toThrow(expect.objectContaining(error));
    expect([child.isAlive(), child.pid, activeChildren()]).toEqual([false, undefined, []]);
  });

  test("a start that failed can be tried again", async () => {
    const file = fresh();
    const value: { word: unknown } = { word: () => {} };
    const child = new Process({ target: note, args: [file, value as never] });
    expect(() => child.start()).toThrow();
    value.word = "x";
    child.start();
    await child.join();
    expect([child.exitCode, lines(file)]).toEqual([0, ["[object Object]"]]);
  });
});

describe("who is who", () => {
  test("names are counted, and can be given", () => {
    const [one, two] = [new Process({ target: nothing }), new Process({ target: nothing })];
    const number = Number(/^Process-(\d+)$/.exec(one.name)?.[1]);
    expect(two.name).toBe(`Process-${number + 1}`);
    const named = new Process({ target: nothing, name: "reader" });
    expect(named.name).toBe("reader");
    named.name = "writer";
    expect(named.name).toBe("writer");
  });

  test("currentProcess() and parentProcess() inside", async () => {
    const file = fresh();
    const child = await ran({ target: describeItself, args: [file], name: "inside", daemon: true });
    expect(JSON.parse(lines(file)[0] ?? "")).toEqual({
      itself: { name: "inside", pid: child.pid, daemon: true, isMainThread: true },
      parent: { name: "MainProcess", pid: process.pid, alive: true },
    });
  });

  test("a process starts processes: their names tell, and it ends after those that are no daemons", async () => {
    const file = fresh();
    const child = await ran({ target: startTwo, args: [file] });
    const [inner, afterwards, ...rest] = lines(file);
    expect([child.exitCode, afterwards, rest]).toEqual([0, "1 alive, then 0, exit code 0", ["early", "late"]]);
    expect(JSON.parse(inner ?? "")).toMatchObject({
      itself: { name: `${child.name}:1` },
      parent: { name: child.name, pid: child.pid },
    });
  });

  test("environment, working directory, arguments and flags can be given", async () => {
    const file = fresh();
    const env = { ...process.env, MARK: "here" };
    await ran({ target: noteEnvironment, args: [file], cwd: folder, env, argv: ["a"], execArgv: ["--no-warnings"] });
    expect(JSON.parse(lines(file)[0] ?? "")).toEqual(["here", folder, ["a"], ["--no-warnings"]]);
  });

  test("a daemon below ends with the one that started it", async () => {
    const [pidFile, go] = [fresh(), fresh()];
    const child = new Process({ target: startDaemon, args: [pidFile, go] });
    child.start();
    await until(() => lines(pidFile).length === 1, "the daemon has started");
    const daemon = Number(lines(pidFile)[0]);
    expect(isRunning(daemon)).toBe(true);
    note(go, "go");
    await child.join();
    expect(child.exitCode).toBe(0);
    await until(() => !isRunning(daemon), "the daemon is gone");
  });
});

describe("misuse", () => {
  test("starting twice, before and after its end", async () => {
    const child = new Process({ target: nothing });
    child.start();
    expect(() => child.start()).toThrow(expect.objectContaining(anyError));
    await child.join();
    expect(() => child.start()).toThrow(/was started before/);
  });

  test("joining, terminating and killing before the start", async () => {
    const child = new Process({ target: nothing });
    await expect(child.join()).rejects.toMatchObject(anyError);
    expect(() => child.terminate()).toThrow(expect.objectContaining(anyError));
    expect(() => child.kill()).toThrow(expect.objectContaining(anyError));
  });

  test("close() while it runs is refused; afterwards everything else is", async () => {
    const [started, go] = [fresh(), fresh()];
    const child = new Process({ target: untilThere, args: [started, go] });
    child.start();
    expect(() => child.close()).toThrow(/still running/);
    note(go, "go");
    await child.join();
    child.close();
    child.close();
    expect(child.name).toMatch(/^Process-/);
    for (const use of [
      () => child.pid,
      () => child.exitCode,
      () => child.isAlive(),
      () => child.start(),
      () => child.kill(),
      () => child.terminate(),
    ]) {
      expect(use).toThrow(expect.objectContaining(anyError));
    }
    await expect(child.join()).rejects.toMatchObject(anyError);
    expect(inspect(child)).toBe(`Process <${child.name} closed>`);
  });

  test("daemon can be changed before the start only", async () => {
    const child = new Process({ target: nothing });
    expect(child.daemon).toBe(false);
    child.daemon = true;
    expect(child.daemon).toBe(true);
    child.start();
    expect(() => {
      child.daemon = false;
    }).toThrow(expect.objectContaining(anyError));
    await child.join();
  });

  test.each<[unknown, string]>([
    [undefined, "Expected the options to be an object"],
    [nothing, "Expected the options to be an object"],
    [{}, "Expected `target` to be a function, got undefined"],
    [{ target: 5 }, "Expected `target` to be a function, got 5"],
    [{ target: {} }, "Expected `target` to be a function, got {}"],
    [{ target: nothing, args: 5 }, "Expected `args` to be an array of arguments, got 5"],
    [{ target: nothing, args: "ab" }, "Expected `args` to be an array of arguments, got 'ab'"],
    [{ target: nothing, name: 5 }, "Expected `name` to be a string, got 5"],
    [{ target: nothing, daemon: "yes" }, "Expected `daemon` to be a boolean, got 'yes'"],
    [{ target: nothing, kwargs: {} }, "Expected the options to be among target, args, name, daemon"],
  ])("new Process(%p): TypeError", (options, message) => {
    const make = () => new Process(options as never);
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  test.each<[unknown, string]>([
    [5, "Expected the options to be an object"],
    [{ timeout: "5" }, "Expected `timeout` to be a number of milliseconds"],
    [{ timeout: -1 }, "Expected `timeout` to be a number of milliseconds of at least 0, got -1"],
    [{ timeout: Number.NaN }, "got NaN"],
    [{ timeOut: 5 }, "got `timeOut`"],
  ])("join(%p) is refused", async (options, message) => {
    const child = new Process({ target: nothing });
    child.start();
    await expect(child.join(options as never)).rejects.toThrow(message);
    await child.join();
  });

  test("a working directory that is none: start() throws, and nothing runs", () => {
    const child = new Process({ target: nothing, cwd: "/no/such/folder" });
    expect(() => child.start()).toThrow("Expected `cwd` to be an existing directory");
    expect(activeChildren()).toEqual([]);
  });
});
