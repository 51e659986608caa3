/** The README's table: the most telling ratios, threads beside processes. */
import { ratioToBest } from "../comparison.js";
import { byKind, type ContenderRecord, type Kind, type RunRecord, type WorkloadRecord } from "../record.js";
import { figure } from "../report.js";
import type { Metric } from "../workload.js";
import { escapeCells, markdownTable } from "./markdown.js";

interface Highlight {
  readonly says: string;
  readonly workload: string;
  readonly metric: string;
}

/** In the order of the table. A run without the workload has no such row. */
export const highlights: readonly Highlight[] = [
  { says: "no-op calls, 100,000 at once", workload: "no-op-calls", metric: "calls/s" },
  { says: "no-op calls, 64 in flight", workload: "in-flight", metric: "calls/s" },
  { says: "sequential round trip, p50", workload: "round-trip", metric: "p50" },
  { says: "`map` of 1,000,000 numbers", workload: "map-numbers", metric: "items/s" },
  { says: "calls with objects of 1 KiB, there and back", workload: "objects", metric: "1 KiB" },
  { says: "calls with objects of 100 KiB", workload: "objects", metric: "100 KiB" },
  { says: "64 MiB `Float64Array`, copied there and back", workload: "array-copied", metric: "64 MiB" },
  { says: "a shared counter under its lock, two at once", workload: "shared-value", metric: "contended" },
  { says: "small messages through a `Queue`", workload: "queue-messages", metric: "numbers" },
];

const KINDS: readonly Kind[] = ["threads", "processes"];

export function highlightsTable(run: RunRecord): string {
  const { cores, node, date } = run.machine;
  const rows = highlights.flatMap(({ says, workload: name, metric: metricName }) => {
    const workload = run.workloads.find((each) => each.name === name);
    const metric = workload?.metrics.find((each) => each.name === metricName);
    return workload && metric ? [[says, ...KINDS.map((kind) => cell(workload, metric, kind))]] : [];
  });
  const head = `times better (two workers, ${cores} cores, Node ${node.replace("v", "")}, ${date.slice(0, 10)})`;
  return markdownTable([head, ...KINDS], rows, "left");
}

/** Ours of one kind over the best peer, over Python where that is another, and over the best limit. */
function cell(workload: WorkloadRecord, metric: Metric, kind: Kind): string {
  const contenders = byKind(workload).find(([each]) => each === kind)?.[1] ?? [];
  const [ours] = contenders.filter(({ role }) => role === "ours");
  if (ours === undefined) return "";
  const peers = contenders.filter(({ role }) => role === "peer");
  const sets = [peers, peers.filter(({ name }) => name.startsWith("Python")), inRole(contenders, "limit")];
  const ratios = sets.map((others) => ratioToBest(ours, others, metric)).filter((ratio) => ratio !== undefined);
  const texts = ratios.map(({ times, than }) => `**${figure(times)} ×** ${escapeCells([than]).join()}`);
  return [...new Set(texts)].join("<br>");
}

const inRole = (contenders: readonly ContenderRecord[], wanted: ContenderRecord["role"]) =>
  contenders.filter(({ role }) => role === wanted);

const [BEGIN, END] = ["<!-- benchmarks -->", "<!-- /benchmarks -->"];

const MORE = `First the best other pool, last the limit: the best bare loop that does the same by hand.
[All measurements](docs/benchmarks.md), with spread, plots, settings and the goals missed; \`npm run bench\` measures yours.`;

/** Puts the table between the README's two marks. */
export function withHighlights(readme: string, run: RunRecord): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`Expected README.md to have the lines ${BEGIN} and ${END}`);
  return [readme.slice(0, begin + BEGIN.length), highlightsTable(run), MORE, readme.slice(end)].join("\n\n");
}
