import type { Peer, Pool } from "../peer.js";
import { bareJsonIpc, barePostMessage } from "../peers/bare.js";
import { processesOneByOne, threadsOneByOne } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { contend, type Workload } from "../workload.js";

const metric = { name: "speed-up", unit: "×", better: "higher" } as const;

async function elapsedMs(peer: Peer<Pool>, workers: number, quick: boolean): Promise<number> {
  const iterations = quick ? 100_000 : 20_000_000;
  const running = await peer.start("compute", workers);
  await running.flood(workers, iterations); // compiles the loop in each worker
  const start = performance.now();
  await running.flood(quick ? 10 : 40, iterations);
  const elapsed = performance.now() - start;
  await running.stop();
  return elapsed;
}

/** Work that only computes, on one worker and on two: the bare loops show what this machine's cores give. */
export const scaling: Workload = {
  name: "scaling",
  title: "CPU-bound work, 40 tasks of some 20 ms: how much faster two workers are than one",
  rounds: 3,
  metrics: [metric],
  contenders: contend(
    [ourThreads, ...threadsOneByOne, barePostMessage, ourProcesses, ...processesOneByOne, bareJsonIpc],
    async (peer, quick) => {
      const one = await elapsedMs(peer, 1, quick);
      const two = await elapsedMs(peer, 2, quick);
      return { [metric.name]: one / two };
    },
  ),
  goals: [ourThreads, ourProcesses].map((peer) => ({
    says: `${peer.kind}: two workers over one, CPU-bound`,
    measured: (medians) => medians(peer.name, metric.name),
    limit: 1.8,
    kind: "at least",
  })),
};
