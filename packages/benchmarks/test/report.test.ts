import { describe, expect, test } from "@jest/globals";
import { recordOf } from "../dist/record.js";
import { failuresList, figure, goalsTable, settingsList, table, workloadTables } from "../dist/report.js";
import type { Contender, Goal, Metric, Workload } from "../dist/workload.js";

const m: Metric = { name: "m", unit: "ms", better: "lower" };
const calls: Metric = { name: "calls/s", unit: "calls/s", better: "higher" };

/** A contender with its rounds. */
type Entry = [name: string, samples: Record<string, number>[], more?: Partial<Contender>];

function record(metrics: Metric[], entries: Entry[], goals: Goal[] = []) {
  const results = entries.map(([name, samples, more = {}]) => ({
    contender: { name, kind: "threads", settings: "", measure: async () => ({}), ...more } satisfies Contender,
    samples,
    failures: samples.length === 0 ? ["it hung"] : [],
  }));
  const contenders = results.map(({ contender }) => contender);
  const workload: Workload = { name: "w", title: "A workload", rounds: 3, metrics, contenders, goals };
  return recordOf({ workload, results });
}

const lines = (text: string) => text.split("\n");

describe("report", () => {
  test("a table has medians and ranges, and ends in ratios to the best peer and to each limit", () => {
    const workload = record(
      [calls],
      [
        ["ours", [{ "calls/s": 300 }, { "calls/s": 100 }, { "calls/s": 200 }]],
        ["slow", [{ "calls/s": 40 }]],
        ["quick", [{ "calls/s": 50 }]],
        ["bare", [{ "calls/s": 400 }]],
        ["a copy", [{ "calls/s": 800 }], { role: "limit" }],
      ],
    );
    expect(lines(workloadTables(workload))).toEqual([
      "A workload",
      "",
      "  threads                 calls/s  min–max",
      "  ours                        200  100–300",
      "  slow                         40    40–40",
      "  quick                        50    50–50",
      "  bare (limit)                400  400–400",
      "  a copy (limit)              800  800–800",
      "  ours, to the best peer      4 ×    quick",
      "  ours, to bare             0.5 ×",
      "  ours, to a copy          0.25 ×",
    ]);
  });

  test("where lower is better, the best peer is the lowest, and the ratio is the other way round", () => {
    const text = workloadTables(
      record(
        [m],
        [
          ["ours", [{ m: 10 }]],
          ["a", [{ m: 40 }]],
          ["b", [{ m: 80 }]],
        ],
      ),
    );
    expect(text).toMatch(/ours, to the best peer +4 × +a$/);
  });

  test("every metric has its own best peer", () => {
    const both = (name: string, ms: number, perSecond: number): Entry => [name, [{ m: ms, "calls/s": perSecond }]];
    const text = workloadTables(record([m, calls], [both("ours", 1, 10), both("a", 2, 1), both("b", 4, 5)]));
    expect(text).toMatch(/to the best peer +2 × +a +2 × +b$/);
  });

  test("threads are compared with threads, and processes with processes", () => {
    const text = workloadTables(
      record(
        [m],
        [
          ["ours, threads", [{ m: 1 }]],
          ["peer, threads", [{ m: 3 }]],
          ["ours, processes", [{ m: 1 }], { kind: "processes" }],
          ["peer, processes", [{ m: 2 }], { kind: "processes" }],
        ],
      ),
    );
    expect(text).toMatch(/ours, threads, to the best peer +3 × +peer, threads$/m);
    expect(text).toMatch(/^ {2}processes[\s\S]*ours, processes, to the best peer +2 × +peer, processes$/m);
  });

  test("what may be zero has no ratio", () => {
    const text = workloadTables(
      record(
        [m],
        [
          ["ours", [{ m: 0 }]],
          ["peer", [{ m: 3 }]],
        ],
      ),
    );
    expect(text).not.toContain("×");
  });

  test("a contender without samples failed, is nobody's peer, and the list of failures says why", () => {
    const workload = record(
      [m],
      [
        ["ours", [{ m: 1 }]],
        ["peer", []],
      ],
    );
    expect(workloadTables(workload)).toMatch(/peer +failed$/);
    expect(failuresList([workload])).toEqual(["w, peer: it hung"]);
  });

  test("a contender that cannot run here is left out, and has not failed", () => {
    const { contenders, ...workload } = record(
      [m],
      [
        ["ours", [{ m: 1 }]],
        ["peer", []],
      ],
    );
    const unable = { ...workload, contenders: contenders.map((each) => ({ ...each, failures: [] })) };
    expect(workloadTables(unable)).toMatch(/peer +left out$/);
    expect(failuresList([unable])).toEqual([]);
  });

  test("a goal is reached, missed, or not measured", () => {
    const goals: Goal[] = [
      { says: "ours", measured: (medians) => medians("ours", "m"), limit: 5, kind: "at least" },
      { says: "low", measured: (medians) => medians("ours", "m"), limit: 4.95, kind: "at most" },
      { says: "a peer that is not here", measured: (medians) => medians("absent", "m"), limit: 5, kind: "at most" },
    ];
    const reached = goalsTable([record([m], [["ours", [{ m: 5 }]]], goals)]);
    expect(reached).toMatch(/ours +at least 5 +5 +reached/);
    expect(reached).toMatch(/low +at most 4.95 +5 +MISSED/);
    expect(reached).toMatch(/not here +at most 5 +– +not measured/);
    const missed = goalsTable([record([m], [["ours", [{ m: 4.9 }]]], goals)]);
    expect(missed).toMatch(/ours +at least 5 +4.9 +MISSED/);
    expect(missed).toMatch(/low +at most 4.95 +4.9 +reached/);
  });

  test("settings are listed once where they are the same", () => {
    const one = record([m], [["peer", [], { settings: "defaults" }]]);
    const other = record([m], [["peer", [], { settings: "tuned" }]]);
    expect(lines(settingsList([one, one, other]))).toEqual(["Settings", "  peer: defaults", "  peer: tuned"]);
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
