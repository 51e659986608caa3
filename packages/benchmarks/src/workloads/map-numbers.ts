import { type Mapper, type Peer, scaled } from "../peer.js";
import { advancedIpcChunks, jsonIpcChunks, postMessageChunks, postMessageItems } from "../peers/bare-chunks.js";
import { itemwise, ourProcesses, ourThreads } from "../peers/ours.js";
import { poolifierCluster, poolifierThreads } from "../peers/poolifier.js";
import { pythonProcesses } from "../peers/python.js";
import { contend, type Goal, ratio, type Workload } from "../workload.js";

const metric = { name: "items/s", unit: "items/s", better: "higher" } as const;
const [ourThreadItems, ourProcessItems] = [itemwise("threads"), itemwise("processes")];

/** Who has a `map`; that of the others would be a loop over single calls. */
const peers: readonly Peer<Mapper>[] = [
  ourThreads,
  ourThreadItems,
  poolifierThreads,
  postMessageChunks,
  postMessageItems,
  ourProcesses,
  ourProcessItems,
  poolifierCluster,
  advancedIpcChunks,
  jsonIpcChunks,
  ...pythonProcesses,
];

/** Read alike: all at once, and one result after the other. */
const byHand = [
  [ourThreads, postMessageChunks],
  [ourThreadItems, postMessageItems],
] as const;

/**
 * `map` over many small items: whether grouping them pays. Results are read all at once, as an array, unless the name
 * says that they are read one after the other, for which JavaScript makes a promise each.
 */
export const mapNumbers: Workload = {
  name: "map-numbers",
  title: "map of a no-op over 1,000,000 numbers (200,000 by pools that need seconds), two workers",
  rounds: 3,
  metrics: [metric],
  contenders: contend(peers, async (peer, quick) => {
    const count = scaled(quick ? 10_000 : 1_000_000, peer);
    const numbers = Array.from({ length: count }, (_, i) => i);
    const running = await peer.start("noop", 2);
    await running.map(numbers); // warms up both sides
    const start = performance.now();
    await running.map(numbers);
    const elapsedMs = performance.now() - start;
    await running.stop();
    return { [metric.name]: (1000 * count) / elapsedMs };
  }),
  goals: [
    ...[ourThreads, ourProcesses].map(
      ({ kind, name }): Goal => ({
        says: `${kind}: map, items/s`,
        measured: (medians) => medians(name, metric.name),
        limit: 2_000_000,
        kind: "at least",
      }),
    ),
    ...byHand.map(
      ([ours, { name }]): Goal => ({
        says: `threads: map, items/s over ${name}`,
        measured: (medians) => ratio(medians, metric.name, ours.name, name),
        limit: 0.5,
        kind: "at least",
      }),
    ),
    ...pythonProcesses.flatMap(({ name }) =>
      [ourProcesses, ourProcessItems].map(
        (ours): Goal => ({
          says: `${ours.name}: map, items/s over Python's map(chunksize=1000)`,
          measured: (medians) => ratio(medians, metric.name, ours.name, name),
          limit: 3,
          kind: "at least",
        }),
      ),
    ),
  ],
};
