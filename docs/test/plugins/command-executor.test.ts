import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { WorkerCrashedError } from "@concurrent-futures/core";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CommandExecutor, type CommandExecutorOptions } from "../../dist/plugins/command-executor/command-executor.js";
import {
  failLoudly,
  large,
  pids,
  printAndReturn,
  readStdin,
  size,
  spin,
  startNoise,
} from "../fixtures/command-tasks.js";
import { byNode, byShell, gone, throughPipe, written } from "./commands.js";

const program = fileURLToPath(new URL("../fixtures/command-program.js", import.meta.url));
const [, worker = ""] = byNode;
const { version } = createRequire(import.meta.url)("@concurrent-futures/worker-pool/package.json") as {
  version: string;
};
const MiB = 2 ** 20;
const executors: CommandExecutor[] = [];
let folder = "";

/** One with one worker, ended after the test. */
function start(command: readonly string[], options: Partial<CommandExecutorOptions<readonly []>> = {}) {
  const executor = new CommandExecutor({ maxWorkers: 1, ...options, command });
  executors.push(executor);
  return executor;
}

/** A task that never ends, and the processes that it runs in. */
async function spinning(executor: CommandExecutor) {
  const file = join(folder, "started");
  const future = executor.submit(spin, file);
  const { worker, parent } = JSON.parse(await written(file)) as { worker: number; parent: number };
  return { future, worker, parent };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "command-executor-"));
});
afterEach(async () => {
  await Promise.all(executors.splice(0).map((executor) => executor.killWorkers()));
  rmSync(folder, { recursive: true, force: true });
});

describe.each([
  ["node", byNode],
  ["a shell that stays between", byShell],
])("with a command that is %s", (_, command) => {
  test("a worker that is killed takes its call with it, and another takes its place", async () => {
    const executor = start(command, { stderr: "ignore" }); // where shells say that it was
    const { future, worker } = await spinning(executor);
    process.kill(worker, "SIGKILL");
    const error = (await future.exception()) as WorkerCrashedError;
    expect(error).toBeInstanceOf(WorkerCrashedError);
    expect([error.signal, error.exitCode]).toEqual(command === byNode ? ["SIGKILL", undefined] : [undefined, 137]);
    expect((await executor.submit(pids)).worker).not.toBe(worker);
  });

  test("large arguments and results arrive as they are", async () => {
    const executor = start(command);
    expect(await executor.submit(size, new Uint8Array(8 * MiB).fill(7))).toBe(8 * MiB);
    const stdout = new PassThrough().resume();
    const bytes = await start(command, { stdout }).submit(printAndReturn, 8 * MiB);
    expect([bytes.length, bytes.every((byte) => byte === 7)]).toEqual([8 * MiB, true]);
  });

  test("what tasks print, in whatever way, is passed on", async () => {
    const stdout = new PassThrough();
    const executor = start(command, { stdout });
    for (let call = 0; call < 3; call++) expect((await executor.submit(printAndReturn, 10)).length).toBe(10);
    await executor.shutdown();
    stdout.end();
    const lines = (await text(stdout)).trimEnd().split("\n").sort();
    const ways = ["by a child", "by console.log", "by its descriptor", "by process.stdout"];
    expect(lines).toEqual(ways.flatMap((way) => [way, way, way]));
  });

  test("tasks have a stdin of their own, which is empty", async () => {
    const executor = start(command);
    expect(await executor.submit(readStdin)).toBe("");
    expect(await executor.submit(size, new Uint8Array(3).fill(7))).toBe(3);
  });

  test("the error of a worker that exits has its code and the end of its stderr", async () => {
    const executor = start(command, { stderr: "ignore" });
    const error = await executor.submit(failLoudly).exception();
    expect(error).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 3, stderr: "last words" });
    expect((error as Error).message).toContain("last words");
  });

  test("killWorkers() ends the worker too, although it is in an endless loop", async () => {
    const executor = start(command);
    const { future, worker } = await spinning(executor);
    await executor.killWorkers();
    expect(await future.exception()).toBeInstanceOf(WorkerCrashedError);
    await gone(worker);
  });

  test("terminateWorkers() too", async () => {
    const executor = start(command);
    const { future, worker } = await spinning(executor);
    await executor.terminateWorkers();
    expect(await future.exception()).toBeInstanceOf(WorkerCrashedError);
    await gone(worker);
  });
});

test("processes that write to the same pipe at the same time spoil no message", async () => {
  const noise = new PassThrough().resume();
  const executor = start(throughPipe, { stdout: noise });
  const [started, stop] = [join(folder, "started"), join(folder, "stop")];
  await executor.submit(startNoise, started, stop);
  const noisy = Number(await written(started));
  for (let call = 0; call < 5; call++) {
    const bytes = await executor.submit(large, MiB);
    expect([bytes.length, bytes.every((byte) => byte === 7)]).toEqual([MiB, true]);
  }
  writeFileSync(stop, "");
  await gone(noisy);
});

test("when what stands between is killed, the call fails and the worker ends, although it is in an endless loop", async () => {
  const executor = start(byShell);
  const { future, worker, parent } = await spinning(executor);
  process.kill(parent, "SIGKILL");
  expect(await future.exception()).toMatchObject({ code: "ERR_WORKER_CRASHED", signal: "SIGKILL" });
  await gone(worker);
  expect((await executor.submit(pids)).worker).not.toBe(worker);
});

describe("a command that starts no worker", () => {
  test.each([
    ["is not there", [join(tmpdir(), "no-such-program")], /ENOENT/],
    ["fails", ["sh", "-c", "echo not today >&2; exit 5"], /exited with code 5 .*not today/s],
    ["ends at once", ["sh", "-c", "echo hello"], /exited with code 0/],
  ])("and %s breaks the pool, with the reason", async (_, command, reason) => {
    const executor = start(command, { stdout: "ignore", stderr: "ignore" });
    const error = (await executor.submit(pids).exception()) as Error;
    expect(error).toMatchObject({ code: "ERR_BROKEN_PROCESS_POOL", cause: { code: "ERR_WORKER_CRASHED" } });
    expect((error.cause as Error).message).toMatch(reason);
  });

  test.each([[[]], [""], [["node", 5]]])("%j is refused", (command) => {
    expect(() => start(command as string[])).toThrow(/`command`/);
  });
});

describe("a worker", () => {
  test("refuses a pool of another version, and says so", async () => {
    const child = spawn(process.execPath, [worker]);
    child.stdin.write(`${JSON.stringify({ token: "00".repeat(16), version: "0.0.0-another" })}\n`);
    expect(await text(child.stderr)).toMatch(
      /The pool has @concurrent-futures\/worker-pool 0\.0\.0-another, this worker /,
    );
  });

  test("started by hand says what it is", async () => {
    const child = spawn(process.execPath, [worker]);
    child.stdin.write("help\n");
    expect(await text(child.stderr)).toMatch(/^This is the worker of a CommandExecutor/);
  });

  test("ends when something else has read from its stdin", async () => {
    const child = spawn(process.execPath, [worker]);
    child.stdin.write(`${JSON.stringify({ token: "00".repeat(16), version })}\n`);
    child.stdin.write("x".repeat(100));
    expect(await text(child.stderr)).toMatch(/something else has read from its stdin/);
  });
});

describe("a program", () => {
  test("that never calls shutdown ends when its futures have settled, and its worker too", async () => {
    const { stdout, stderr, code } = await new Promise<{ stdout: string; stderr: string; code: unknown }>((resolve) => {
      execFile(process.execPath, [program, "call"], (error, stdout, stderr) =>
        resolve({ stdout, stderr, code: error?.code ?? 0 }),
      );
    });
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
    expect(Number(stdout)).toBeGreaterThan(0);
    await gone(Number(stdout));
  });

  test("that is killed leaves no worker, not even one in an endless loop", async () => {
    const file = join(folder, "started");
    const child = spawn(process.execPath, [program, "spin", file], { stdio: "ignore" });
    const { worker } = JSON.parse(await written(file)) as { worker: number };
    child.kill("SIGKILL");
    await once(child, "exit");
    await gone(worker);
  });
});
