import { bareAdvancedIpc, bareJsonIpc, barePostMessage } from "../peers/bare.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { piscina } from "../peers/piscina.js";
import { tinypoolProcesses, tinypoolThreads } from "../peers/tinypool.js";
import { quantile } from "../statistics.js";
import { contend, type Goal, ratio, type Workload } from "../workload.js";

const p50 = { name: "p50", unit: "µs", better: "lower" } as const;
const p99 = { name: "p99", unit: "µs", better: "lower" } as const;

/** One call after the other: how long a caller waits for an answer that takes no time. */
export const roundTrip: Workload = {
  name: "round-trip",
  title: "Sequential round trip of a no-op call, one worker, 5,000 calls",
  rounds: 5,
  metrics: [p50, p99],
  contenders: contend(
    [
      ourThreads,
      piscina,
      tinypoolThreads,
      barePostMessage,
      ourProcesses,
      tinypoolProcesses,
      bareAdvancedIpc,
      bareJsonIpc,
    ],
    async (peer, quick) => {
      const count = quick ? 200 : 5_000;
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
      says: "threads: round trip p50 over a bare postMessage ping-pong",
      measured: (medians) => ratio(medians, p50.name, ourThreads.name, barePostMessage.name),
      limit: 1.2,
      kind: "at most",
    },
    ...[bareAdvancedIpc, bareJsonIpc].map(
      (bare): Goal => ({
        says: `processes: round trip p50 over a ping-pong of ${bare.name}`,
        measured: (medians) => ratio(medians, p50.name, ourProcesses.name, bare.name),
        limit: 1.2,
        kind: "at most",
      }),
    ),
  ],
};
