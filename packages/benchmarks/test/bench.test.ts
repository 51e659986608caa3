import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { parseOptions } from "../dist/options.js";
import type { RunRecord, WorkloadRecord } from "../dist/record.js";
import { smokeContenders } from "../dist/smoke.js";
import { type Contender, roleOf, type Workload } from "../dist/workload.js";
import { workloads } from "../dist/workloads/index.js";

const bench = fileURLToPath(new URL("../dist/index.js", import.meta.url));

describe("a quick run", () => {
  let stdout = "";
  let kept: readonly WorkloadRecord[] = [];
  beforeAll(async () => {
    const folder = mkdtempSync(join(tmpdir(), "bench-"));
    try {
      const json = join(folder, "run.json");
      // The workers of `threads` have ten seconds to start, which are soon over on a busy machine.
      const env = { ...process.env, THREADS_WORKER_INIT_TIMEOUT: "200000" };
      stdout = (await promisify(execFile)(process.execPath, [bench, "--quick", "--json", json], { env })).stdout;
      kept = (JSON.parse(readFileSync(json, "utf8")) as RunRecord).workloads;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 1_200_000);

  test.each(workloads)("$name runs, and keeps the samples as JSON", (workload) => {
    const record = kept.find(({ name }) => name === workload.name);
    expect(stdout).toContain(workload.title);
    for (const { name, settings, failures, samples } of record?.contenders ?? []) {
      expect(stdout).toContain(name);
      expect([name, failures]).toEqual([name, []]);
      if (samples.length === 0) expect(settings).toContain("left out: ");
      for (const figure of Object.values(samples[0] ?? {})) expect(figure).toEqual(expect.any(Number));
    }
    const ours = record?.contenders.filter(({ role, samples }) => role === "ours" && samples.length === 1);
    expect(ours?.map(({ name }) => name)).toEqual(
      workload.contenders.filter((contender) => roleOf(contender) === "ours").map(({ name }) => name),
    );
  });

  test("everybody takes part", () => {
    const namesOf = (all: readonly { contenders: readonly { name: string }[] }[]) =>
      new Set(all.flatMap(({ contenders }) => contenders.map(({ name }) => name)));
    expect(namesOf(kept)).toEqual(namesOf(workloads));
  });

  test("every goal is held against something", () => {
    for (const { goals } of workloads) for (const goal of goals) expect(stdout).toContain(goal.says);
  });

  test("every contender takes part at least once, with each of its settings, and ours takes part everywhere", () => {
    const contender = (name: string, settings = ""): Contender => ({
      name,
      kind: "threads",
      settings,
      measure: async () => ({}),
    });
    const workload = (...contenders: Contender[]): Workload => ({
      name: "",
      title: "",
      rounds: 1,
      metrics: [],
      contenders,
      goals: [],
    });
    const all = [
      workload(contender("ours"), contender("a")),
      workload(contender("ours"), contender("a"), contender("a", "64 at once"), contender("b")),
    ];
    const taking = all.map((each) => smokeContenders(each, all).map(({ name, settings }) => `${name}${settings}`));
    expect(taking).toEqual([
      ["ours", "a"],
      ["ours", "a64 at once", "b"],
    ]);
  });
});

describe("the options", () => {
  test("an unknown workload is refused with the names of those that there are", () => {
    expect(() => parseOptions(["--only", "nothing"])).toThrow(/no-op-calls.*got nothing/);
  });

  test("without --only, all workloads run", () => {
    expect(parseOptions([]).workloads).toEqual(workloads);
  });
});
