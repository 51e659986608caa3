/** The page of the docs: machine, method, goals, and per workload a plot and tables. */
import { byKind, type GoalRecord, type RunRecord, type WorkloadRecord } from "../record.js";
import { failuresList, goalRow, kindRows, settingsRows } from "../report.js";

/** Where the page finds its plots, from its own folder. */
export const PLOTS = "benchmarks";

export function page(run: RunRecord): string {
  const { workloads } = run;
  return [
    "# Benchmarks",
    "<!-- Made by `npm run bench:page`: changes here are lost. -->",
    ...(run.quick ? ["**This was a quick run, which shows that everything runs. Its figures mean nothing.**"] : []),
    machineText(run),
    "## Goals",
    goalsText(workloads),
    "## How it is measured",
    METHOD,
    markdownTable(["measured", "settings"], settingsRows(workloads).map(escapeCells), "left"),
    ...workloads.flatMap(workloadText),
    ...failuresText(workloads),
  ]
    .join("\n\n")
    .concat("\n");
}

/** The first column is to the left, the others where `align` says. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: "left" | "right" = "right",
): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, column) => (column > 0 && align === "right" ? "---:" : "---"));
  return [head, rule, ...rows].map(line).join("\n");
}

/** What contenders are called and how they failed is not Markdown. */
export function escapeCells(cells: readonly string[]): string[] {
  return cells.map((cell) => cell.replaceAll(/[\\|<>*_`]/g, "\\$&").replaceAll(/\s+/g, " "));
}

function machineText({ machine, versions }: RunRecord): string {
  const { date, node, platform, cpu, cores, memoryGiB, load, python } = machine;
  const libraries = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `Measured on ${date.slice(0, 10)} with Node ${node} on ${platform}: ${cores} cores of ${cpu}, ${memoryGiB} GiB of memory, load ${load} before it began.
${[...libraries, ...(python ? [python] : [])].join(", ")}.
Ratios hold on other machines, absolute figures do not. \`npm run bench\` measures yours.`;
}

const METHOD = `- Everything is measured in one run on one machine. Rounds are interleaved: in each round every contender has its turn, and each round
  starts with another one, so that a machine that gets slower or faster does so for all alike.
- Every measurement has a process of its own, with its own workers: nobody pays for another's garbage, or profits from what another warmed up.
- What starts once is started, and both sides have run some calls, before the clock starts; except where the start is what is measured.
- Figures are medians of the rounds. *min–max* is the range of all rounds, in the plots the thin line with two ends.
- A *limit* is the same work by hand, over \`postMessage\` or the IPC of \`fork\`, without what makes a pool: no queue, no futures, no errors, no cancelling.
- Ratios say how many times better ours is, than the best peer of the same kind or than a limit: 2 × is twice the calls, or half the time; below 1 × ours is behind.
- Each library is set up as its documentation advises for the work at hand:`;

function goalsText(workloads: readonly WorkloadRecord[]): string {
  const goals = workloads.flatMap((workload) => workload.goals.map((goal) => ({ workload, goal })));
  const missed = goals.filter(({ goal }) => goal.reached === false).length;
  const unknown = goals.filter(({ goal }) => goal.reached === undefined).length;
  const rows = goals.map(({ workload, goal }) => {
    const [says = "", limit = "", measured = ""] = escapeCells(goalRow(goal));
    return [`[${says}](#${workload.name})`, limit, measured, verdict(goal)];
  });
  const summary = `${goals.length - missed - unknown} of ${goals.length} goals reached, ${missed} missed${unknown > 0 ? `, ${unknown} not measured` : ""}.`;
  return `${summary}\n\n${markdownTable(["goal", "wanted", "measured", ""], rows)}`;
}

function verdict({ reached }: GoalRecord): string {
  if (reached === undefined) return "not measured";
  return reached ? "reached" : "**missed**";
}

function workloadText(workload: WorkloadRecord): string[] {
  const rounds = Math.max(0, ...workload.contenders.map(({ samples, failures }) => samples.length + failures.length));
  const tables = byKind(workload).map(([kind, contenders]) => {
    const [head = [], ...rows] = kindRows(kind, contenders, workload.metrics).map(escapeCells).map(stackPairs);
    const shown = rows.map((row) => (row[0]?.startsWith("ours") ? row.map(bold) : row));
    return markdownTable(head, shown);
  });
  return [
    `## ${workload.name}`,
    `${workload.title}. ${rounds === 1 ? "1 round" : `${rounds} rounds`}.`,
    `![${workload.title.replaceAll("`", "")}](${PLOTS}/${workload.name}.svg)`,
    ...tables,
  ];
}

/** A metric's two cells one above the other, so that tables of many metrics stay narrow. */
function stackPairs([name = "", ...pairs]: readonly string[]): string[] {
  const stacked = Array.from({ length: pairs.length / 2 }, (_, i) => pairs.slice(2 * i, 2 * i + 2));
  return [name, ...stacked.map((pair) => pair.filter(Boolean).join("<br>"))];
}

const bold = (cell: string) => cell.replace(/^[^<]+/, "**$&**");

const FAILURE_LENGTH = 300; // after that come stacks

function failuresText(workloads: readonly WorkloadRecord[]): string[] {
  const failures = escapeCells(failuresList(workloads).map((failure) => failure.slice(0, FAILURE_LENGTH)));
  return failures.length === 0 ? [] : ["## Failures", failures.map((failure) => `- ${failure}`).join("\n")];
}
