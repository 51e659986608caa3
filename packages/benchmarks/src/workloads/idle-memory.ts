/**
 * The memory of a worker that has nothing to do: what the system says of this process and all below it (PSS, see
 * process-tree.ts) with four workers that have each done something, less what it says before they are started, over
 * four. So the caller's side of a pool counts, too; modules that are loaded before do not. Before both looks this
 * process collects its garbage; the workers are left as they are, as their users leave them. Only Linux counts like that:
 * elsewhere nothing is measured.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { scaled } from "../peer.js";
import { bareAdvancedIpc, barePostMessage } from "../peers/bare.js";
import { processesOneByOne, threadsOneByOne } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { countsMemory, treeMemory } from "../process-tree.js";
import { contend, type Goal, ratio, type Workload } from "../workload.js";

const metric = { name: "memory", unit: "MiB/worker", better: "lower" } as const;
const WORKERS = 4;

async function settledMemory(quick: boolean): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await sleep(quick ? 10 : 300); // starting is over, also what is put off until then
  }
  return treeMemory();
}

export const idleMemory: Workload = {
  name: "idle-memory",
  title: "Memory of an idle worker, four of them started and used",
  rounds: 3,
  metrics: [metric],
  contenders: contend(
    [ourThreads, ...threadsOneByOne, barePostMessage, ourProcesses, ...processesOneByOne, bareAdvancedIpc].filter(
      () => countsMemory,
    ),
    async (peer, quick) => {
      const before = await settledMemory(quick);
      const workers = quick ? 1 : WORKERS;
      const running = await peer.start("noop", workers);
      await running.flood(scaled(quick ? 200 : 2_000, peer), 0);
      const after = await settledMemory(quick);
      await running.stop();
      return { [metric.name]: (after - before) / workers / 2 ** 20 };
    },
  ),
  goals: [
    { peer: ourThreads, limit: barePostMessage, what: "Worker's" },
    { peer: ourProcesses, limit: bareAdvancedIpc, what: "child's" },
  ]
    .filter(() => countsMemory)
    .map(
      ({ peer, limit, what }): Goal => ({
        says: `${peer.kind}: memory of an idle worker over a bare ${what}`,
        measured: (medians) => ratio(medians, metric.name, peer.name, limit.name),
        limit: 1.1,
        kind: "at most",
      }),
    ),
};
