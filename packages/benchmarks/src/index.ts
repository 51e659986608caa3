/** `npm run bench [-- --only NAME] [--quick] [--json FILE]`: ours beside its peers, and the goals reached or missed. */
import { writeFileSync } from "node:fs";
import { describeMachine } from "./machine.js";
import { parseOptions } from "./options.js";
import { failuresList, goalsTable, reached, settingsList, workloadTable } from "./report.js";
import { mediansOf, runWorkload, type WorkloadResult } from "./run.js";

const options = parseOptions(process.argv.slice(2));
const machine = describeMachine();
console.log(
  `Node ${machine.node}, ${machine.platform}, ${machine.cores} cores of ${machine.cpu}${machine.python ? `, ${machine.python}` : ""}`,
);
if (options.quick) console.log("Quick: shows that everything runs; the figures mean nothing.");

const results: WorkloadResult[] = [];
for (const workload of options.workloads) {
  const result = await runWorkload(workload, options.quick, showProgress);
  results.push(result);
  showProgress("");
  console.log(`\n${workloadTable(result)}`);
}
console.log(`\n${settingsList(results)}\n\n${goalsTable(results)}`);
const failures = failuresList(results);
for (const failure of failures) console.error(`\nFailed: ${failure}`);
if (failures.length > 0) process.exitCode = 1;
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(toJson(), null, 2)}\n`);

/** What is being measured, on a line of a terminal that is written over. */
function showProgress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${line}`);
}

function toJson() {
  return {
    machine,
    quick: options.quick,
    workloads: results.map((result) => ({
      name: result.workload.name,
      title: result.workload.title,
      metrics: result.workload.metrics,
      contenders: result.results.map(({ contender: { name, kind, settings }, samples }) => ({
        name,
        kind,
        settings,
        samples,
      })),
      goals: result.workload.goals.map((goal) => {
        const measured = goal.measured(mediansOf(result));
        return { says: goal.says, kind: goal.kind, limit: goal.limit, measured, reached: reached(goal, measured) };
      }),
    })),
  };
}
