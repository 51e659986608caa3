/** How programs with processes end, and what their processes write. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { start } from "./support/program.js";
import { until } from "./support/until.js";

const folder = mkdtempSync(join(tmpdir(), "multiprocessing-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("output", () => {
  test("errors go to stderr with the process's name, and end it with 1", async () => {
    const { exitCode, stdout, stderr } = await start("throws").ended;
    expect(exitCode).toBe(0);
    expect(stdout.split("\n")).toEqual([
      "throwTypeError: 1",
      "about to reject",
      "reject: 1",
      "throwNothing: 1",
      "throwInTimer: 1",
      "strayRejection: 1",
      "waitForNothing: 13",
      "throwEvil: 1",
      "",
    ]);
    expect(stderr).toMatch(
      /^Process of throwTypeError:\nTypeError: no such word\n {4}at throwTypeError \(.*throws\.js:/,
    );
    expect(stderr).toContain("[cause]: RangeError: the cause");
    expect(stderr).toMatch(/^Process of reject:\nError: rejected\n {4}at reject \(/m);
    expect(stderr).toContain("Process of throwNothing:\nundefined\n");
    expect(stderr.slice(0, stderr.indexOf("Process of throwNothing"))).not.toContain("process-main");
    expect(stderr).toContain("Error: in a timer");
    expect(stderr).toContain("Error: a stray one");
    expect(stderr).toContain("Process of waitForNothing: its target waits for something that never comes\n");
    expect(stderr).toContain("Process of throwEvil:\n");
  });

  test("all that it prints is there, in order, when join() returns", async () => {
    const { exitCode, stdout, stderr } = await start("prints").ended;
    const lines = Array.from({ length: 3000 }, (_, n) => `line ${n} ${"x".repeat(60)}`);
    expect(stdout).toBe(["before", ...lines, "the last, without an end of line;after", ""].join("\n"));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "to stderr\n" });
  });
});

describe("the end of the program", () => {
  test("it stays until its processes have ended", async () => {
    const over = join(folder, "main-is-over");
    const program = start("ends", ["quietly", "later", over]);
    await program.printed("main is over");
    await program.printed("child started");
    writeFileSync(over, "");
    const { stdout, ...end } = await program.ended;
    expect(end).toEqual({ exitCode: 0, signal: null, stderr: "" });
    expect(stdout).toMatch(/^(main is over\nchild started|child started\nmain is over)\nchild finished\n$/);
    await program.gone();
  });

  test("it does not stay for a daemon, which ends with it", async () => {
    const program = start("ends", ["daemon", "spin"]);
    const { exitCode, stderr } = await program.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    await program.gone();
  });

  test("joining a daemon does keep it", async () => {
    const { exitCode, stdout } = await start("ends", ["daemon", "later"]).ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "child started\nchild finished\nmain is over\n" });
  });

  test("a timeout of join that is not used up does not hold it", async () => {
    const { exitCode, stdout } = await start("ends", ["join", "later"]).ended; // which would take longer than this test
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "child started\nchild finished\nmain is over\n" });
  });

  test.each([
    ["process.exit()", "exit", 3],
    ["an uncaught error", "throw", 1],
  ])("%s does not wait, and leaves nothing behind", async (_, how, code) => {
    const program = start("ends", [how, "spin"]);
    expect(await program.ended).toMatchObject({ exitCode: code, signal: null });
    await program.gone();
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s ends it and its process", async (signal) => {
    const program = start("ends", ["stay", "spin"]);
    await program.printed("spinning");
    program.kill(signal);
    expect(await program.ended).toMatchObject({ signal, stderr: "" });
    await program.gone();
  });

  test("an entry module without a main guard: an error that explains, and no chain of processes", async () => {
    const evaluations = join(folder, "evaluations");
    const program = start("unguarded", [], { env: { EVALUATIONS: evaluations } });
    const { exitCode, stdout, stderr } = await program.ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "exit code 1\n" });
    expect(stderr).toContain("Process Process-1:\n");
    expect(stderr).toContain("isMain(import.meta)");
    expect(readFileSync(evaluations, "utf8")).toBe("evaluated\nevaluated\n");
    await program.gone();
  });
});

describe("a program that is killed", () => {
  test.each(["daemon", "no daemon"])("leaves nothing behind, though processes below it spin (%s)", async (kind) => {
    const program = start("family", [kind]);
    await program.printed("spinning");
    await until(() => program.processes().length === 3, "three processes are there");
    program.kill("SIGKILL");
    expect(await program.ended).toMatchObject({ signal: "SIGKILL" });
    await program.gone();
  });

  test.each([
    ["with them", []],
    ["without", ["--no-addons"]],
  ])("leaves nothing behind, native addons or not (%s)", async (_, flags) => {
    const program = start("ends", ["stay", "spin"], { flags });
    await program.printed("spinning");
    program.kill("SIGKILL");
    await program.ended;
    await program.gone();
  });
});

describe("Ctrl+C, which reaches the whole group", () => {
  test("the parent decides: its process can finish", async () => {
    const file = join(folder, "go");
    const program = start("interrupted", [file, "handled"], { detached: true });
    await program.printed("started");
    process.kill(-program.pid, "SIGINT");
    await program.printed("interrupted");
    writeFileSync(file, "");
    const output = "started\ninterrupted\nfinished\n";
    expect(await program.ended).toEqual({ exitCode: 0, signal: null, stdout: output, stderr: "" });
  });

  test("nobody handles it: all end, and nobody prints a stack", async () => {
    const program = start("interrupted", [join(folder, "never")], { detached: true });
    await program.printed("started");
    process.kill(-program.pid, "SIGINT");
    expect(await program.ended).toMatchObject({ signal: "SIGINT", stdout: "started\n", stderr: "" });
    await program.gone();
  });
});

test("a system that has no descriptor left: start() throws, nothing is half started, nothing leaks", async () => {
  const program = start("no-descriptors");
  const { exitCode, stdout } = await program.ended;
  expect(exitCode).toBe(0);
  expect(stdout.split("\n")).toEqual([
    "0",
    expect.stringMatching(/^The system refused to start process `Process-2`|EMFILE|errno 24/),
    "0",
    "nothing left",
    "",
  ]);
  await program.gone();
});

test("a program that never closes its pool ends when there is nothing left to wait for", async () => {
  const program = start("forgets-pool");
  expect(await program.ended).toEqual({ exitCode: 0, signal: null, stdout: "9\n16\n", stderr: "" });
  await program.gone();
});

test("threads and pools' workers can start processes, and know where they are", async () => {
  const { exitCode, stdout, stderr } = await start("in-thread").ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout.split("\n")).toEqual([
    "MainProcess below undefined",
    "a thread's: Process-1 below MainProcess",
    "MainProcess below undefined, exit code 0",
    "a worker's: Process-1:1 below ProcessPoolWorker-1",
    "ProcessPoolWorker-1 below MainProcess, exit code 0",
    "",
  ]);
});
