import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "@jest/globals";
import { countsMemory, countsTime, timeUsed, treeMemory, treeThreads } from "../dist/process-tree.js";

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

/** A process that has run the code and does nothing more until it is killed, or, below another, that one is. */
async function processAfter(code: string, below = false): Promise<number> {
  const program = `${code}; console.log("done"); process.stdin.resume()`;
  const above = `
    const inner = [process.execPath, ["--eval", ${JSON.stringify(program)}], { stdio: ["pipe", "inherit", "inherit"] }];
    require("node:child_process").spawn(...inner)`;
  const child = spawn(process.execPath, ["--eval", below ? above : program], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  await once(child.stdout, "data");
  return child.pid ?? Number.NaN;
}

const MIB = 2 ** 20;

describe("a tree of processes", () => {
  const HOLD = "globalThis.held = Buffer.alloc(64 * 2 ** 20, 1)";

  (countsMemory ? test : test.skip).each([false, true])(
    "its memory is that of all its processes (below another: %s)",
    async (below) => {
      const [without, with64] = [await processAfter("", below), await processAfter(HOLD, below)];
      expect(treeMemory(with64) - treeMemory(without)).toBeGreaterThan(48 * MIB);
    },
  );

  const BURN = "while (process.cpuUsage().user < 200_000)";

  (countsTime ? test : test.skip).each([false, true])(
    "its time is that of all its processes (below another: %s)",
    async (below) => {
      const [without, with200] = [await processAfter("", below), await processAfter(BURN, below)];
      const [idle, burnt] = [without, with200].map((pid) => timeUsed(treeThreads(pid)).cpuMs);
      expect(burnt).toBeGreaterThan(150);
      expect(idle).toBeGreaterThan(0);
    },
  );

  (countsTime ? test : test.skip)("each wait of a thread is a wake-up", async () => {
    const wait = "const word = new Int32Array(new SharedArrayBuffer(4));";
    // Where the thread loses its core for that millisecond just before it waits, it does not wait any more: a few are spare.
    const pid = await processAfter(`${wait} for (let i = 0; i < 1000; i++) Atomics.wait(word, 0, 0, 1)`);
    expect(timeUsed(treeThreads(pid)).wakeUps).toBeGreaterThanOrEqual(500);
  });

  (countsTime ? test : test.skip)("a process that has ended has used nothing any more", () => {
    expect(timeUsed(["/proc/0/task/0"])).toEqual({ cpuMs: 0, wakeUps: 0 });
  });
});
