import { type Peer, type Running, scaled } from "../peer.js";
import { bareAdvancedIpc, barePostMessage } from "../peers/bare.js";
import { limits, processPeers, threadPeers } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { pythonProcesses, pythonThreads } from "../peers/python.js";
import { contend, type Goal, overBest, ratio, type Workload } from "../workload.js";

const metric = { name: "calls/s", unit: "calls/s", better: "higher" } as const;

const peers: readonly Peer<Running>[] = [
  ourThreads,
  ...threadPeers,
  ...pythonThreads,
  ourProcesses,
  ...processPeers,
  ...pythonProcesses,
  ...limits,
];

/** Calls a second; `inFlight` is how many are submitted and not yet answered, all by default. */
async function callsPerSecond(peer: Peer<Running>, quick: boolean, inFlight?: number): Promise<number> {
  const count = scaled(quick ? 1_000 : 100_000, peer);
  const running = await peer.start("noop", 2);
  // Starts the workers, and lets both sides be compiled: a program that makes so many calls does not make them once.
  for (let i = 0; i < (quick ? 1 : 2); i++) await running.flood(count, 0, inFlight);
  const start = performance.now();
  await running.flood(count, 0, inFlight);
  const elapsedMs = performance.now() - start;
  await running.stop();
  return (1000 * count) / elapsedMs;
}

function goals(when: string): Goal[] {
  return [
    {
      says: `threads: calls/s over the fastest peer's${when}`,
      measured: (medians) => overBest(medians, metric, ourThreads.name, threadPeers),
      limit: 8,
      kind: "at least",
    },
    {
      says: `threads: calls/s over bare postMessage's${when}`,
      measured: (medians) => ratio(medians, metric.name, ourThreads.name, barePostMessage.name),
      limit: 1.2,
      kind: "at least",
    },
    {
      says: `processes: calls/s over the fastest peer's${when}`,
      measured: (medians) => overBest(medians, metric, ourProcesses.name, processPeers),
      limit: 20,
      kind: "at least",
    },
    ...pythonProcesses.map(
      ({ name }): Goal => ({
        says: `processes: calls/s over Python's ProcessPoolExecutor's${when}`,
        measured: (medians) => ratio(medians, metric.name, ourProcesses.name, name),
        limit: 50,
        kind: "at least",
      }),
    ),
    {
      says: `processes: calls/s over bare advanced IPC's${when}`,
      measured: (medians) => ratio(medians, metric.name, ourProcesses.name, bareAdvancedIpc.name),
      limit: 2,
      kind: "at least",
    },
  ];
}

/** How many calls a second: the cost of everything that is not the task. */
export const noOpCalls: Workload = {
  name: "no-op-calls",
  title: "No-op calls, two workers, 100,000 submitted at once (20,000 to the other pools, 2,000 to `threads`)",
  rounds: 3,
  metrics: [metric],
  contenders: contend(peers, async (peer, quick) => ({ [metric.name]: await callsPerSecond(peer, quick) })),
  goals: goals(""),
};

/** How many calls a second for who does not have them all at once, as a server has not. */
export const inFlight: Workload = {
  name: "in-flight",
  title: "No-op calls, two workers, 64 in flight, 100,000 in all (20,000 by the other pools, 2,000 by `threads`)",
  rounds: 3,
  metrics: [metric],
  contenders: contend(peers, async (peer, quick) => ({ [metric.name]: await callsPerSecond(peer, quick, 64) })),
  goals: goals(", 64 in flight"),
};
