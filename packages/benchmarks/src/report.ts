/** Tables in plain text, for a terminal; the page has the same ones in Markdown. */
import { comparisons } from "./comparison.js";
import { byKind, type ContenderRecord, type GoalRecord, spreadIn, type WorkloadRecord, whyWithout } from "./record.js";
import type { Spread } from "./statistics.js";
import type { Metric } from "./workload.js";

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

/** One table per kind. */
export function workloadTables(workload: WorkloadRecord): string {
  const tables = byKind(workload).map(([kind, contenders]) => table(kindRows(kind, contenders, workload.metrics)));
  return [workload.title, ...tables].join("\n\n");
}

/** Each metric's median and range by contender, then how many times better ours is than the best peer and the limit. */
export function kindRows(kind: string, contenders: readonly ContenderRecord[], metrics: readonly Metric[]): string[][] {
  const names = metrics.flatMap((metric) => [metricTitle(metric), "min–max"]);
  const ratios = comparisons(contenders, metrics).map(({ ours, to, ratios }) => [
    `${ours}, to ${to}`,
    ...ratios.flatMap((ratio) =>
      ratio ? [`${figure(ratio.times)} ×`, ratio.than === to ? "" : ratio.than] : ["–", ""],
    ),
  ]);
  return [[kind, ...names], ...contenders.map((contender) => contenderRow(contender, metrics)), ...ratios];
}

function contenderRow(contender: ContenderRecord, metrics: readonly Metric[]): string[] {
  const figures = metrics.flatMap((metric, i) => {
    const spread = spreadIn(contender, metric);
    if (spread) return [figure(spread.median), range(spread)];
    const why = whyWithout(contender);
    return [why === undefined ? "–" : i === 0 ? why : "", ""];
  });
  return [nameOf(contender), ...figures];
}

/** Two figures with a dash between; with a word where a dash would look like one more minus. */
function range({ min, max }: Spread): string {
  return `${figure(min)}${max < 0 ? " to " : "–"}${figure(max)}`;
}

export const metricTitle = ({ name, unit }: Metric) => (name === unit ? name : `${name}, ${unit}`);

export const nameOf = ({ name, role }: ContenderRecord) => (role === "limit" ? `${name} (limit)` : name);

export function failuresList(workloads: readonly WorkloadRecord[]): string[] {
  return workloads.flatMap(({ name, contenders }) =>
    contenders.flatMap((contender) => contender.failures.map((why) => `${name}, ${contender.name}: ${why}`)),
  );
}

export function goalRow(goal: GoalRecord): string[] {
  const { says, kind, limit, measured, reached } = goal;
  const verdict = reached === undefined ? "not measured" : reached ? "reached" : "MISSED";
  return [says, `${kind} ${figure(limit)}`, measured === undefined ? "–" : figure(measured), verdict];
}

export function goalsTable(workloads: readonly WorkloadRecord[]): string {
  const rows = workloads.flatMap(({ goals }) => goals.map(goalRow));
  return `Goals\n${table([["", "goal", "measured", ""], ...rows])}`;
}

/** How each contender is set up, once where that is the same in several workloads. */
export function settingsRows(workloads: readonly WorkloadRecord[]): string[][] {
  const rows = workloads.flatMap(({ contenders }) => contenders.map(({ name, settings }) => [name, settings]));
  return [...new Map(rows.map((row) => [row.join("\n"), row])).values()];
}

export function settingsList(workloads: readonly WorkloadRecord[]): string {
  return ["Settings", ...settingsRows(workloads).map(([name, settings]) => `  ${name}: ${settings}`)].join("\n");
}
