/** What only shows in a program of its own: exit codes, stderr, memory, timers. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

const programs = fileURLToPath(new URL("./fixtures/programs.js", import.meta.url));

function run(name: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, ["--expose-gc", programs, name], { encoding: "utf8", timeout: 50_000 });
}

/** The numbers that a program prints, line by line. */
function numbers(name: string): number[][] {
  const { status, stdout, stderr } = run(name);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number));
}

test("a future that fails while nobody looks does not crash the program, nor say anything", () => {
  expect(run("unseenFailure")).toMatchObject({ status: 0, stderr: "" });
});

test.each([
  ["future", "collectedFailure"],
  ["task", "collectedTaskFailure"],
])("a failed %s that is collected with its error never looked at gives one warning, with the error", (_, program) => {
  const { status, stderr } = run(program);
  expect(status).toBe(0);
  expect(stderr.match(/UnseenFutureErrorWarning/g)).toHaveLength(1);
  expect(stderr).toContain("Error: never looked at");
});

test("one whose error was looked at gives none, nor does one that did not fail", () => {
  expect(run("seenFailures")).toMatchObject({ status: 0, stderr: "" });
});

test("a pending future takes less than 200 bytes", () => {
  const [[bytes] = []] = numbers("futureSize");
  expect(bytes).toBeGreaterThan(50);
  expect(bytes).toBeLessThan(200);
});

test("10,000 early leavers on one pending future leave nothing behind", () => {
  const [[bytes] = []] = numbers("earlyLeavers");
  expect(bytes).toBeLessThan(500_000);
});

test("the timers of waits that are over do not keep the program alive", () => {
  // They would last longer than the program may.
  expect(run("clearedTimers")).toMatchObject({ status: 0, stderr: "" });
});

test("neither map nor asCompleted keeps what it has given", () => {
  // The last one may still be in a register.
  const lines = numbers("yieldedResults");
  expect(lines).toHaveLength(2);
  for (const [kept] of lines) expect(kept).toBeLessThanOrEqual(1);
});

test("a live executor keeps neither functions nor arguments of calls that have ended", () => {
  const [[kept] = []] = numbers("finishedCalls");
  expect(kept).toBeLessThanOrEqual(2);
});

test("calls that are cancelled while they wait let their arguments go at once", () => {
  const [[kept] = []] = numbers("cancelledCalls");
  expect(kept).toBeLessThanOrEqual(1);
});

test("a map of a million items does not pay a call for each", () => {
  const lines = numbers("millionItems");
  expect(lines.map(([, last]) => last)).toEqual([1_000_000, 500_000_500_000]);
  // Some 500, and a few more whenever the machine was busy with something else.
  for (const [calls] of lines) expect(calls).toBeLessThan(50_000);
});
