import { mediansOf, type WorkloadResult } from "./run.js";
import { median } from "./statistics.js";
import type { Goal } from "./workload.js";

/** A number with three significant digits, or all digits before the point. */
export function figure(value: number): string {
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en")
    : value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** Columns padded to their widest cell: the first to the left, the others to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ");
  return rows.map((row) => `  ${line(row).trimEnd()}`).join("\n");
}

/**
 * One row per contender: each metric's median and range, and how many times better ours of the same kind is.
 */
export function workloadTable(result: WorkloadResult): string {
  const { workload, results } = result;
  const medians = mediansOf(result);
  const [main] = workload.metrics;
  const header = [
    "",
    ...workload.metrics.flatMap(({ name, unit }) => [name === unit ? name : `${name}, ${unit}`, "min–max"]),
    "ours is",
  ];
  const rows = results.map(({ contender, samples }) => {
    const cells = workload.metrics.flatMap((metric) => {
      const values = samples.map((sample) => sample[metric.name] ?? Number.NaN);
      return [figure(median(values)), `${figure(Math.min(...values))}–${figure(Math.max(...values))}`];
    });
    const ours = results.find(
      (other) => other.contender.kind === contender.kind && other.contender.name.startsWith("ours"),
    );
    const [mine, theirs] = [
      ours && main && medians(ours.contender.name, main.name),
      main && medians(contender.name, main.name),
    ];
    const better =
      mine === undefined || theirs === undefined
        ? Number.NaN
        : main?.better === "higher"
          ? mine / theirs
          : theirs / mine;
    return [contender.name, ...cells, contender === ours?.contender ? "" : `${figure(better)} ×`];
  });
  return `${workload.title}\n${table([header, ...rows])}`;
}

/** Whether a goal was reached; `undefined` where it could not be measured. */
export function reached(goal: Goal, value: number | undefined): boolean | undefined {
  if (value === undefined || Number.isNaN(value)) return undefined;
  return goal.kind === "at least" ? value >= goal.limit : value <= goal.limit;
}

export function goalsTable(results: readonly WorkloadResult[]): string {
  const rows = results.flatMap((result) =>
    result.workload.goals.map((goal) => {
      const value = goal.measured(mediansOf(result));
      const verdict = { true: "reached", false: "MISSED", undefined: "not measured" }[String(reached(goal, value))];
      return [
        goal.says,
        `${goal.kind} ${figure(goal.limit)}`,
        value === undefined ? "–" : figure(value),
        verdict ?? "",
      ];
    }),
  );
  return `Goals\n${table([["", "goal", "measured", ""], ...rows])}`;
}

export function settingsList(results: readonly WorkloadResult[]): string {
  const settings = new Map(results.flatMap(({ results: all }) => all.map(({ contender: c }) => [c.name, c.settings])));
  return ["Settings", ...[...settings].map(([name, text]) => `  ${name}: ${text}`)].join("\n");
}
