import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "@jest/globals";
import { processGone } from "./fixtures/connect.js";

const PROGRAM = fileURLToPath(new URL("./fixtures/program.js", import.meta.url));
const programs: ChildProcess[] = [];

interface Program {
  readonly child: ChildProcess;
  readonly stderr: string[];
  /** How it ended: code and signal. Known from here on, however late a test asks. */
  readonly exited: Promise<unknown[]>;
  /** The same, when its output has been read to the end, and that of processes which share it. */
  readonly closed: Promise<unknown[]>;
  /** The next line that it or its workers wrote. */
  line(): Promise<string>;
}

function run(...args: string[]): Program {
  const child = spawn(process.execPath, ["--no-warnings", PROGRAM, ...args], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  programs.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const stderr: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => stderr.push(String(chunk)));
  const [exited, closed] = [once(child, "exit"), once(child, "close")];
  return { child, stderr, exited, closed, line: async () => String((await lines.next()).value) };
}

const pidIn = (line: string): number => Number(line.split(" ")[1]);

afterEach(() => {
  for (const { pid } of programs.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL"); // its whole group: workers that a failing test leaves, too
    } catch {
      // all gone already
    }
  }
});

describe("a parent that is killed leaves no worker", () => {
  test.each([
    ["in an endless loop", ["spin"]],
    ["in an endless loop, without native addons", ["spin", "no-addons"]],
    ["in an endless loop, under the permission model", ["restricted"]],
    ["idle", ["idle"]],
    ["idle, without native addons", ["idle", "no-addons"]],
  ])("%s", async (_, args) => {
    const { child, line } = run(...args);
    const worker = pidIn(await line());
    expect(worker).toBeGreaterThan(0);
    child.kill("SIGKILL");
    await processGone(worker);
  });

  test("nor a worker's workers", async () => {
    const { child, line } = run("nested");
    const [outer, inner] = [pidIn(await line()), pidIn(await line())];
    child.kill("SIGKILL");
    await Promise.all([processGone(outer), processGone(inner)]);
  });
});

test("a pool in a thread works without warnings, and its workers end with the thread", async () => {
  const { child, line, stderr } = run("thread");
  const worker = pidIn(await line());
  child.kill("SIGUSR2");
  expect(await line()).toBe("terminated");
  await processGone(worker);
  expect(stderr).toEqual([]);
});

test("process.exit() with work pending leaves nothing behind", async () => {
  const { line, exited } = run("exit");
  const worker = pidIn(await line());
  expect(await exited).toEqual([7, null]);
  await processGone(worker);
});

test.each([[[]], [["no-addons"]]])(
  "a program that never calls shutdown ends when its futures have settled %j",
  async (more) => {
    const { line, closed, stderr } = run("abandon", ...more);
    const worker = pidIn(await line());
    expect(await closed).toEqual([0, null]);
    expect(stderr).toEqual([]);
    await processGone(worker);
  },
);

test("Ctrl+C reaches the whole group, and only the parent decides what it means", async () => {
  const { child, line, closed, stderr } = run("interrupt");
  expect(await line()).toMatch(/^waiting/);
  process.kill(-(child.pid ?? 0), "SIGINT");
  expect(await line()).toBe("same worker");
  expect(await closed).toEqual([0, null]);
  expect(stderr).toEqual([]);
});
