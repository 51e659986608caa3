/** `npm run bench [-- --only NAME] [--quick] [--json FILE]`: ours beside its peers, and the goals reached or missed. */
import { writeFileSync } from "node:fs";
import { describeMachine, libraryVersions } from "./machine.js";
import { parseOptions } from "./options.js";
import { type RunRecord, recordOf, type WorkloadRecord } from "./record.js";
import { failuresList, goalsTable, settingsList, workloadTables } from "./report.js";
import { runWorkload } from "./run.js";

const options = parseOptions(process.argv.slice(2));
const machine = describeMachine();
const versions = libraryVersions();
const { node, platform, cores, cpu, python } = machine;
console.log(`Node ${node}, ${platform}, ${cores} cores of ${cpu}${python ? `, ${python}` : ""}`);
console.log(
  Object.entries(versions)
    .map((each) => each.join(" "))
    .join(", "),
);
if (options.quick) console.log("Quick: shows that everything runs; the figures mean nothing.");
console.log(
  'Ratios above 1 say that ours is so many times better, below 1 worse: "2 ×" is twice the calls, half the time.',
);

const workloads: WorkloadRecord[] = [];
for (const workload of options.workloads) {
  const record = recordOf(await runWorkload(workload, options.quick, showProgress));
  workloads.push(record);
  showProgress("");
  console.log(`\n${workloadTables(record)}`);
  keep();
}
console.log(`\n${settingsList(workloads)}\n\n${goalsTable(workloads)}`);
const failures = failuresList(workloads);
for (const failure of failures) console.error(`\nFailed: ${failure}`);
if (failures.length > 0) process.exitCode = 1;

/** What is being measured, on a line of a terminal that is written over. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
}

/** After every workload: a run takes long, and what it has found must outlive whatever ends it. */
function keep(): void {
  if (options.json === undefined) return;
  const run: RunRecord = { machine, versions, quick: options.quick, workloads };
  writeFileSync(options.json, `${JSON.stringify(run, null, 2)}\n`);
}
