import type { Running } from "../peer.js";
import { bareAdvancedIpc, bareJsonIpc, barePostMessage } from "../peers/bare.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { piscina, piscina64 } from "../peers/piscina.js";
import { python } from "../peers/python.js";
import { tinypoolProcesses, tinypoolThreads } from "../peers/tinypool.js";
import { best, contend, ratio, type Workload } from "../workload.js";

const metric = { name: "calls/s", unit: "calls/s", better: "higher" } as const;

/** How many calls a second: the cost of everything that is not the task. */
export const noOpCalls: Workload = {
  name: "no-op-calls",
  title: "No-op calls, two workers, 100,000 submitted at once (Python: 20,000)",
  rounds: 3,
  metrics: [metric],
  contenders: contend<Running>(
    [
      ourThreads,
      piscina,
      piscina64,
      tinypoolThreads,
      barePostMessage,
      ourProcesses,
      tinypoolProcesses,
      bareAdvancedIpc,
      bareJsonIpc,
      ...python,
    ],
    async (peer, quick) => {
      const full = python.some(({ name }) => name === peer.name) ? 20_000 : 100_000;
      const count = quick ? 2_000 : full;
      const running = await peer.start("noop", 2);
      await running.flood(quick ? 500 : 5_000, 0); // starts the workers and warms up both sides
      const start = performance.now();
      await running.flood(count, 0);
      const elapsedMs = performance.now() - start;
      await running.stop();
      return { [metric.name]: (1000 * count) / elapsedMs };
    },
  ),
  goals: [
    {
      says: "threads: calls/s over piscina's, whichever of its settings is faster",
      measured(medians) {
        const [ours, theirs] = [
          best(medians, metric, [ourThreads.name]),
          best(medians, metric, [piscina.name, piscina64.name]),
        ];
        return ours === undefined || theirs === undefined ? undefined : ours / theirs;
      },
      limit: 5,
      kind: "at least",
    },
    {
      says: "processes: calls/s over tinypool's child_process",
      measured: (medians) => ratio(medians, metric.name, ourProcesses.name, tinypoolProcesses.name),
      limit: 15,
      kind: "at least",
    },
  ],
};
