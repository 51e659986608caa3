import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parseOptions } from "../dist/options.js";
import { workloads } from "../dist/workloads/index.js";

const bench = fileURLToPath(new URL("../dist/index.js", import.meta.url));

describe("bench", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "bench-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(workloads.map(({ name }) => name))(
    "%s runs with every contender and keeps its samples as JSON",
    async (name) => {
      const json = join(folder, `${name}.json`);
      const { stdout } = await promisify(execFile)(process.execPath, [
        bench,
        "--quick",
        "--only",
        name,
        "--json",
        json,
      ]);
      const [workload] = workloads.filter((each) => each.name === name);
      const kept = JSON.parse(readFileSync(json, "utf8"));
      expect(kept.workloads[0].contenders).toHaveLength(workload?.contenders.length ?? 0);
      for (const contender of kept.workloads[0].contenders) {
        expect(stdout).toContain(contender.name);
        for (const metric of workload?.metrics ?? [])
          expect(contender.samples[0][metric.name]).toEqual(expect.any(Number));
      }
      for (const goal of kept.workloads[0].goals) expect(goal.measured).toEqual(expect.any(Number));
    },
    120_000,
  );

  test("an unknown workload is refused with the names of those that there are", () => {
    expect(() => parseOptions(["--only", "nothing"])).toThrow(/no-op-calls.*got nothing/);
  });

  test("without --only, all workloads run", () => {
    expect(parseOptions([]).workloads).toEqual(workloads);
  });
});
