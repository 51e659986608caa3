import { describe, expect, test } from "@jest/globals";
import { failuresList, figure, goalsTable, table, workloadTable } from "../dist/report.js";
import type { WorkloadResult } from "../dist/run.js";
import type { Contender, Workload } from "../dist/workload.js";

const contender = (name: string): Contender => ({ name, kind: "threads", settings: "", measure: async () => ({}) });

function resultOf(better: "higher" | "lower", samples: Record<string, number[]>): WorkloadResult {
  const workload: Workload = {
    name: "w",
    title: "A workload",
    rounds: 3,
    metrics: [{ name: "m", unit: "ms", better }],
    contenders: Object.keys(samples).map(contender),
    goals: [
      { says: "ours", measured: (medians) => medians("ours", "m"), limit: 5, kind: "at least" },
      { says: "a peer that is not here", measured: (medians) => medians("absent", "m"), limit: 5, kind: "at most" },
    ],
  };
  const results = Object.entries(samples).map(([name, values]) => ({
    contender: contender(name),
    samples: values.map((m) => ({ m })),
    failures: values.length === 0 ? ["it hung"] : [],
  }));
  return { workload, results };
}

describe("report", () => {
  test("a contender's row has its median, its range, and how many times better ours is", () => {
    expect(workloadTable(resultOf("higher", { ours: [300, 100, 200], peer: [50, 40, 60] })).split("\n")).toEqual([
      "A workload",
      "        m, ms  min–max  ours is",
      "  ours    200  100–300",
      "  peer     50    40–60      4 ×",
    ]);
  });

  test("where lower is better, the ratio is the other way round", () => {
    expect(workloadTable(resultOf("lower", { ours: [10], peer: [40] }))).toMatch(/peer .* 4 ×$/);
  });

  test("a contender without samples failed, and the list of failures says why", () => {
    const result = resultOf("higher", { ours: [1], peer: [] });
    expect(workloadTable(result)).toMatch(/peer +failed$/);
    expect(failuresList([result])).toEqual(["w, peer: it hung"]);
  });

  test("a goal is reached, missed, or not measured", () => {
    expect(goalsTable([resultOf("higher", { ours: [5] })])).toMatch(/ours +at least 5 +5 +reached/);
    expect(goalsTable([resultOf("higher", { ours: [4.9] })])).toMatch(/ours +at least 5 +4.9 +MISSED/);
    expect(goalsTable([resultOf("higher", { ours: [5] })])).toMatch(/not here +at most 5 +– +not measured/);
  });

  test("figures have three significant digits, or all before the point", () => {
    expect([figure(1234567), figure(12.345), figure(0.12345)]).toEqual(["1,234,567", "12.3", "0.123"]);
  });

  test("columns are as wide as their widest cell", () => {
    expect(
      table([
        ["", "n"],
        ["long name", "1"],
        ["x", "100"],
      ]),
    ).toBe("               n\n  long name    1\n  x          100");
  });
});
