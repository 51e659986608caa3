import { type Peer, type Running, scaled } from "../peer.js";
import { limits, processPeers, threadPeers } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { pythonProcesses } from "../peers/python.js";
import { contend, type Goal, overBest, type Workload } from "../workload.js";

const small = { name: "1 KiB", unit: "calls/s", better: "higher" } as const;
const large = { name: "100 KiB", unit: "calls/s", better: "higher" } as const;

/** About 512 bytes as JSON: names and numbers, nested as what an API answers is. */
function order(id: number) {
  return {
    id,
    customer: { name: `Customer ${id}`, email: `customer${id}@example.com`, since: "2019-04-01T12:30:00.000Z" },
    address: { street: `${id} Long Street`, city: "Springfield", postcode: "12345", country: "US", verified: true },
    lines: Array.from({ length: 3 }, (_, i) => ({
      sku: `SKU-${id}-${i}`,
      quantity: i + 1,
      price: 19.99 + i,
      discount: null,
    })),
    note: "Leave it with the neighbours, please, if nobody is in.",
    tags: ["new", "express", "gift"],
  };
}

/** `pages` of about 1 KiB each. */
function objectOf(pages: number) {
  return { page: 1, total: 2 * pages, orders: Array.from({ length: 2 * pages }, (_, i) => order(i)) };
}

async function callsPerSecond(peer: Peer<Running>, count: number, argument: unknown): Promise<number> {
  const running = await peer.start("noop", 2);
  await running.flood(count, argument); // warms up both sides
  const start = performance.now();
  await running.flood(count, argument);
  const elapsedMs = performance.now() - start;
  await running.stop();
  return (1000 * count) / elapsedMs;
}

const peers: readonly Peer<Running>[] = [
  ourThreads,
  ...threadPeers,
  ourProcesses,
  ...processPeers,
  ...pythonProcesses,
  ...limits,
];

/** What calls cost that carry something: an object to the worker and back. */
export const objects: Workload = {
  name: "objects",
  title:
    "Plain nested objects of 1 KiB and 100 KiB (as JSON), echoed, two workers, 10,000 and 400 submitted at once " +
    "(2,000 and 80 to the other pools, 200 and 40 to `threads`)",
  rounds: 3,
  metrics: [small, large],
  contenders: contend(peers, async (peer, quick) => ({
    [small.name]: await callsPerSecond(peer, quick ? 20 : scaled(10_000, peer), objectOf(1)),
    [large.name]: await callsPerSecond(peer, quick ? 5 : Math.max(40, scaled(400, peer)), objectOf(100)),
  })),
  goals: [small, large].flatMap((metric): Goal[] => [
    {
      says: `threads: calls/s with objects of ${metric.name} over the fastest peer's`,
      measured: (medians) => overBest(medians, metric, ourThreads.name, threadPeers),
      limit: 2,
      kind: "at least",
    },
    {
      says: `processes: calls/s with objects of ${metric.name} over the fastest peer's`,
      measured: (medians) => overBest(medians, metric, ourProcesses.name, processPeers),
      limit: 2,
      kind: "at least",
    },
  ]),
};
