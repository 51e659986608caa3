import { mediansOf, type WorkloadResult } from "./run.js";
import { median } from "./statistics.js";
import { type Contender, type Goal, ratio } from "./workload.js";

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

/** One row per contender: each metric's median and range, and how many times better ours of the same kind is. */
export function workloadTable(result: WorkloadResult): string {
  const { metrics, title } = result.workload;
  const names = metrics.flatMap(({ name, unit }) => [name === unit ? name : `${name}, ${unit}`, "min–max"]);
  const rows = result.results.map(({ contender, samples }) => {
    if (samples.length === 0) return [contender.name, "failed", ...names.map(() => "")];
    const figures = metrics.flatMap((metric) => {
      const values = samples.map((sample) => sample[metric.name] ?? Number.NaN);
      return [figure(median(values)), `${figure(Math.min(...values))}–${figure(Math.max(...values))}`];
    });
    return [contender.name, ...figures, timesBetter(result, contender)];
  });
  return `${title}\n${table([["", ...names, "ours is"], ...rows])}`;
}

/** How many times better ours is than a peer of the same kind, by the workload's first metric. */
function timesBetter(result: WorkloadResult, peer: Contender): string {
  const ours = result.results.find(({ contender }) => contender.kind === peer.kind && isOurs(contender))?.contender;
  const [metric] = result.workload.metrics;
  if (ours === undefined || ours === peer || metric === undefined) return "";
  const medians = mediansOf(result);
  const better =
    metric.better === "higher"
      ? ratio(medians, metric.name, ours.name, peer.name)
      : ratio(medians, metric.name, peer.name, ours.name);
  return better === undefined ? "" : `${figure(better)} ×`;
}

const isOurs = ({ name }: Contender) => name.startsWith("ours");

export function failuresList(results: readonly WorkloadResult[]): string[] {
  return results.flatMap(({ workload, results: all }) =>
    all.flatMap(({ contender, failures }) => failures.map((why) => `${workload.name}, ${contender.name}: ${why}`)),
  );
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
