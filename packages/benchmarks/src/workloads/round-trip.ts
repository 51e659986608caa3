import { scaled } from "../peer.js";
import { bareAdvancedIpc, bareJsonIpc, barePostMessage } from "../peers/bare.js";
import { processesOneByOne, threadsOneByOne } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { quantile } from "../statistics.js";
import { contend, type Goal, overBest, ratio, type Workload } from "../workload.js";

const p50 = { name: "p50", unit: "µs", better: "lower" } as const;
const p99 = { name: "p99", unit: "µs", better: "lower" } as const;

/** One call after the other: how long a caller waits for an answer that takes no time. */
export const roundTrip: Workload = {
  name: "round-trip",
  title: "Sequential round trip of a no-op call, one worker, 5,000 calls (1,000 with `threads`)",
  rounds: 3,
  metrics: [p50, p99],
  contenders: contend(
    [ourThreads, ...threadsOneByOne, barePostMessage, ourProcesses, ...processesOneByOne, bareAdvancedIpc, bareJsonIpc],
    async (peer, quick) => {
      const count = Math.min(quick ? 100 : 5_000, scaled(50_000, peer));
      const running = await peer.start("noop", 1);
      for (let i = 0; i < count / 5; i++) await running.call(0);
      const microseconds: number[] = [];
      for (let i = 0; i < count; i++) {
        const start = performance.now();
        await running.call(0);
        microseconds.push(1000 * (performance.now() - start));
      }
      await running.stop();
      return { [p50.name]: quantile(microseconds, 0.5), [p99.name]: quantile(microseconds, 0.99) };
    },
  ),
  goals: [
    {
      says: "threads: round trip p50 over the fastest peer's",
      measured: (medians) => overBest(medians, p50, ourThreads.name, threadsOneByOne),
      limit: 1,
      kind: "at most",
    },
    {
      says: "threads: round trip p50 over a bare postMessage ping-pong",
      measured: (medians) => ratio(medians, p50.name, ourThreads.name, barePostMessage.name),
      limit: 1.1,
      kind: "at most",
    },
    {
      says: "processes: round trip p50 over the fastest peer's",
      measured: (medians) => overBest(medians, p50, ourProcesses.name, processesOneByOne),
      limit: 1,
      kind: "at most",
    },
    ...[bareAdvancedIpc, bareJsonIpc].map(
      (bare): Goal => ({
        says: `processes: round trip p50 over a ping-pong of ${bare.name}`,
        measured: (medians) => ratio(medians, p50.name, ourProcesses.name, bare.name),
        limit: 1.1,
        kind: "at most",
      }),
    ),
  ],
};
