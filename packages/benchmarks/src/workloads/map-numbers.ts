import { ourProcesses, ourThreads } from "../peers/ours.js";
import { python } from "../peers/python.js";
import { contend, type Workload } from "../workload.js";

const metric = { name: "items/s", unit: "items/s", better: "higher" } as const;

/** `map` over many small items: whether grouping them pays. */
export const mapNumbers: Workload = {
  name: "map-numbers",
  title: "map of a no-op over 1,000,000 numbers, two workers, read with for await",
  rounds: 3,
  metrics: [metric],
  contenders: contend([ourThreads, ourProcesses, ...python], async (peer, quick) => {
    const count = quick ? 20_000 : 1_000_000;
    const running = await peer.start("noop", 2);
    await running.map(count / 10); // warms up both sides
    const start = performance.now();
    await running.map(count);
    const elapsedMs = performance.now() - start;
    await running.stop();
    return { [metric.name]: (1000 * count) / elapsedMs };
  }),
  goals: [ourThreads, ourProcesses].map((peer) => ({
    says: `${peer.kind}: map, items/s`,
    measured: (medians) => medians(peer.name, metric.name),
    limit: 1_000_000,
    kind: "at least",
  })),
};
