/**
 * Memory comes and goes with those who use it: no descriptor or mapping is left, no view points nowhere, whoever dies.
 * Programs of their own, with collections forced. CONCURRENT_FUTURES_NODES names other Nodes to run them with.
 */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { loadLibc } from "../dist/memory/index.js";
import type { Census } from "./fixtures/census.js";
import { NODES, run, start } from "./fixtures/run-program.js";
import { until } from "./fixtures/until.js";

const describeShared = loadLibc() === undefined ? describe.skip : describe;
const flags = ["--expose-gc"];

describeShared.each(NODES)("with %s", (node) => {
  test("what is made and dropped gives descriptors and mappings back", async () => {
    const { before, during, after } = (await run("drops.js", { args: [2000], flags, node })) as Record<string, Census>;
    expect(during?.descriptors).toBeGreaterThan(600);
    expect(after).toEqual(before);
  });

  test.each([[], ["--stress-compaction"], ["--gc-interval=500"]])(
    "views that outlive their arrays are valid memory, however they were moved %s",
    async (...more) => {
      expect(await run("views.js", { flags: [...flags, ...more], node })).toEqual({ isIntact: true, kept: 60 });
    },
  );

  test("threads that end take along what only they had", async () => {
    const [before, after] = (await run("ended-threads.js", { node })) as Census[];
    expect(after).toEqual(before);
    expect(after?.mappings).toBe(0);
  });
});

describeShared("a parent that is killed", () => {
  test("leaves no process, and no name in /dev/shm", async () => {
    const program = start("killed-parent.js");
    await program.printed("waiting\n");
    const parent = program.child.pid ?? 0;
    const workers = workersOf(parent).map((pid) => ({ pid, started: startOf(pid) }));
    expect(workers.length).toBeGreaterThanOrEqual(2);
    const files = [parent, ...workers.map(({ pid }) => pid)].flatMap(filesOf);
    expect(files.filter((file) => file.includes("memfd:concurrent-futures")).length).toBeGreaterThanOrEqual(3);
    expect(files.filter((file) => file.includes("/dev/shm"))).toEqual([]);
    program.child.kill("SIGKILL");
    await program.ended;
    await until(() => workers.every(({ pid, started }) => startOf(pid) !== started), "its workers are gone");
    expect(readdirSync("/dev/shm").filter((name) => /concurrent/.test(name))).toEqual([]);
  });
});

function statOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ");
  } catch {
    return undefined;
  }
}

/** When it started; undefined once it has ended. Numbers of processes are used again. */
function startOf(pid: number): string | undefined {
  const stat = statOf(pid);
  return stat?.[0] === "Z" ? undefined : stat?.[19];
}

/** What it has mapped. */
function filesOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/maps`, "latin1").split("\n");
}

function workersOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.[1] === String(parent))
    .map(Number);
}
