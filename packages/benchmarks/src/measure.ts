/** One measurement in a process of its own: `measure.js WORKLOAD CONTENDER [quick]` prints the sample as JSON. */
import { workloads } from "./workloads/index.js";

const [workloadName, contenderName, quick] = process.argv.slice(2);
const workload = workloads.find(({ name }) => name === workloadName);
const contender = workload?.contenders.find(({ name }) => name === contenderName);
if (!contender) throw new RangeError(`There is no contender ${contenderName} in workload ${workloadName}`);
console.log(JSON.stringify(await contender.measure(quick === "quick")));
