/** The clauses run under the other runners too, which tell of the ones that fail. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { clauses, clausesFor } from "@concurrent-futures/testkit";
import { expect, test } from "@jest/globals";
import { capabilities } from "./fixtures/runners/executor.js";

const folder = fileURLToPath(new URL("./fixtures/runners/", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const minutes = 60_000;
const applying = clausesFor(capabilities).length;

interface Run {
  readonly status: number | string;
  readonly stdout: string;
}

/** Runs a program in the folder of the fixtures. What this process was told of its own runner is not passed on. */
function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const { JEST_WORKER_ID: _, NODE_OPTIONS: __, ...inherited } = process.env;
  return new Promise((resolve) => {
    const options = { cwd: folder, env: { ...inherited, ...env }, maxBuffer: 2 ** 26 };
    execFile(process.execPath, args, options, (error, stdout) => resolve({ status: error?.code ?? 0, stdout }));
  });
}

const nodeTest = (env?: NodeJS.ProcessEnv) => run(["--test", "--test-reporter=tap", "node-test.js"], env);
const vitestRun = (env?: NodeJS.ProcessEnv) => run([vitest, "run", "--root", "."], env);
const count = (tap: string, what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(tap)?.[1]);

test(
  "under node:test, those that apply pass, and the others are skipped",
  async () => {
    const { status, stdout } = await nodeTest();
    const told = [status, count(stdout, "pass"), count(stdout, "fail"), count(stdout, "skipped")];
    expect(told).toEqual([0, applying, 0, clauses.length - applying]);
  },
  5 * minutes,
);

test(
  "under node:test, a clause that is broken fails",
  async () => {
    const { status, stdout } = await nodeTest({ IMPATIENT: "yes" });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^ *not ok \d+ - D-2: /m);
  },
  5 * minutes,
);

test(
  "under Vitest, those that apply pass, and the others are skipped",
  async () => {
    const { status, stdout } = await vitestRun();
    const told = JSON.parse(stdout) as Record<string, unknown>;
    expect([status, told["numPassedTests"], told["numFailedTests"], told["numPendingTests"]]).toEqual([
      0,
      applying,
      0,
      clauses.length - applying,
    ]);
  },
  5 * minutes,
);

test(
  "under Vitest, a clause that is broken fails",
  async () => {
    const { status, stdout } = await vitestRun({ IMPATIENT: "yes" });
    expect(status).toBe(1);
    expect(stdout).toMatch(/"status":"failed","title":"D-2: /);
  },
  5 * minutes,
);
