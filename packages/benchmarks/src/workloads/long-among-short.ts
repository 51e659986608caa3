import { setTimeout as sleep } from "node:timers/promises";
import type { Peer, Pool } from "../peer.js";
import { processesOneByOne, threadsOneByOne } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { quantile } from "../statistics.js";
import { contend, type Goal, overBest, type Sample, type Workload } from "../workload.js";

const p50 = { name: "p50", unit: "ms", better: "lower" } as const;
const p99 = { name: "p99", unit: "ms", better: "lower" } as const;
const added = { name: "added to the last of 4,000 at once", unit: "ms", better: "lower" } as const;

const ours = [ourThreads, ourProcesses];

/** How long each short call took, submitted every other millisecond while a long one of the same function runs. */
async function paced(peer: Peer<Pool>, longMs: number): Promise<Sample> {
  const running = await peer.start("spin", 2);
  await running.flood(100, 0); // the function is known to be quick: the hardest place to guess right
  const times: number[] = [];
  const calls: PromiseLike<unknown>[] = [];
  let isLong = true;
  const long = running.call(longMs).then(() => {
    isLong = false;
  });
  while (isLong) {
    const start = performance.now();
    calls.push(running.call(0).then(() => times.push(performance.now() - start)));
    await sleep(2); // less often than every pool here can answer
  }
  await long;
  await Promise.all(calls);
  await running.stop();
  return { [p50.name]: quantile(times, 0.5), [p99.name]: quantile(times, 0.99) };
}

/** When the last of `count` short calls was answered, in ms after the first was submitted. */
async function lastAnswer(peer: Peer<Pool>, count: number, longMs: number): Promise<number> {
  const running = await peer.start("spin", 2);
  await running.flood(100, 0);
  let last = 0;
  const calls: PromiseLike<unknown>[] = [];
  const start = performance.now();
  for (let i = 0; i < count; i++) {
    if (i === count / 2) calls.push(running.call(longMs));
    const answered = () => {
      last = performance.now() - start;
    };
    calls.push(running.call(0).then(answered));
  }
  await Promise.all(calls);
  await running.stop();
  return last;
}

/** One task that takes a second among many that take no time: whether any of those waits for it. */
export const longAmongShort: Workload = {
  name: "long-among-short",
  title:
    "Short calls while a 1 s task of the same function runs, two workers: how long they take, one submitted every 2 ms; " +
    "and, for ours, how much later the last of 4,000 submitted at once is answered",
  rounds: 3,
  metrics: [p50, p99, added],
  contenders: contend(
    [ourThreads, ...threadsOneByOne, ourProcesses, ...processesOneByOne],
    async (peer, quick): Promise<Sample> => {
      const longMs = quick ? 50 : 1_000;
      const times = await paced(peer, longMs);
      if (!ours.some(({ name }) => name === peer.name)) return times;
      const count = quick ? 200 : 4_000;
      const alone = await lastAnswer(peer, count, 0);
      return { ...times, [added.name]: (await lastAnswer(peer, count, longMs)) - alone };
    },
  ),
  goals: ours.flatMap((peer): Goal[] => [
    {
      says: `${peer.kind}: p99 of short calls while a 1 s task runs, ms`,
      measured: (medians) => medians(peer.name, p99.name),
      limit: 10,
      kind: "at most",
    },
    {
      says: `${peer.kind}: p99 of short calls while a 1 s task runs, over the best peer's`,
      measured: (medians) =>
        overBest(medians, p99, peer.name, peer.kind === "threads" ? threadsOneByOne : processesOneByOne),
      limit: 1,
      kind: "at most",
    },
    {
      says: `${peer.kind}: delay that a 1 s task adds to the last of 4,000 short ones, ms`,
      measured: (medians) => medians(peer.name, added.name),
      limit: 50,
      kind: "at most",
    },
  ]),
};
