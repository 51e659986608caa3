/**
 * Measurements in a process of their own: `measure.js WORKLOAD quick|full CONTENDER...` prints one line of JSON for each
 * contender, as soon as it is done: `{ name, sample }` or `{ name, failure }`.
 */
import { workloads } from "./workloads/index.js";

const [workloadName, size, ...names] = process.argv.slice(2);
const workload = workloads.find(({ name }) => name === workloadName);
for (const name of names) console.log(JSON.stringify({ name, ...(await measured(name)) }));

async function measured(contenderName: string): Promise<object> {
  const contender = workload?.contenders.find(({ name }) => name === contenderName);
  if (!contender) return { failure: `There is no contender ${contenderName} in workload ${workloadName}` };
  try {
    return { sample: await contender.measure(size === "quick") };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
