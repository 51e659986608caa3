import type { Peer, Pool } from "../peer.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { piscina } from "../peers/piscina.js";
import { tinypoolProcesses, tinypoolThreads } from "../peers/tinypool.js";
import { quantile } from "../statistics.js";
import { contend, type Workload } from "../workload.js";

const p99 = { name: "p99", unit: "ms", better: "lower" } as const;
const max = { name: "max", unit: "ms", better: "lower" } as const;
const added = { name: "max, added by the long task", unit: "ms", better: "lower" } as const;

/** When each of `count` short calls was answered, in ms after the first was submitted. */
async function answerTimes(peer: Peer<Pool>, count: number, longMs: number): Promise<number[]> {
  const running = await peer.start("spin", 2);
  await running.flood(100, 0);
  const longAt = count / 2; // by then the function is known to be quick: the hardest place to guess right
  const times: number[] = [];
  const calls: PromiseLike<unknown>[] = [];
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    if (i === longAt) calls.push(running.call(longMs));
    calls.push(running.call(0).then(() => times.push(performance.now() - start)));
  }
  await Promise.all(calls);
  await running.stop();
  return times;
}

/** One task that takes a second among many that take no time: whether any of those waits for it. */
export const longAmongShort: Workload = {
  name: "long-among-short",
  title: "One 1 s task among 4,000 no-op tasks of the same function, two workers: when the short ones were answered",
  rounds: 5,
  metrics: [p99, max, added],
  contenders: contend([ourThreads, piscina, tinypoolThreads, ourProcesses, tinypoolProcesses], async (peer, quick) => {
    const count = quick ? 400 : 4_000;
    const alone = await answerTimes(peer, count, 0);
    const beside = await answerTimes(peer, count, quick ? 200 : 1_000);
    const latest = quantile(beside, 1);
    return { [p99.name]: quantile(beside, 0.99), [max.name]: latest, [added.name]: latest - quantile(alone, 1) };
  }),
  goals: [ourThreads, ourProcesses].map((peer) => ({
    says: `${peer.kind}: delay that a 1 s task adds to the last of 4,000 short ones, ms`,
    measured: (medians) => medians(peer.name, added.name),
    limit: 50,
    kind: "at most",
  })),
};
