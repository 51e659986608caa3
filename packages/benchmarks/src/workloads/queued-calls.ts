/**
 * Many calls waiting: whether each costs the same however many there are, and what stays of them.
 *
 *   submit      time to submit a call while the only worker is held: queueing it, and nothing else
 *   call        time for a call from all submitted at once until all have settled, over their number
 *   queued      what a waiting call and its future take: this process's heap and the memory outside of it that the heap
 *               knows (heapUsed + external), garbage collected. Messages that a pool has posted to its worker already
 *               wait in neither: such pools look smaller than they are
 *   left        the same after all have settled and their futures have been dropped, over their number
 *
 * "Few" is 10,000 calls, the median of several turns, so that a collection that happens in one of them does not count for
 * it; "many" is what the title says, and every collection counts.
 */
import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Pool, scaled } from "../peer.js";
import { processesOneByOne, threadsOneByOne } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { median } from "../statistics.js";
import { holdFile } from "../tasks.js";
import { contend, type Goal, type Workload } from "../workload.js";

const submitFew = { name: "submit, few", unit: "µs", better: "lower" } as const;
const submitMany = { name: "submit, many", unit: "µs", better: "lower" } as const;
const callFew = { name: "call, few", unit: "µs", better: "lower" } as const;
const callMany = { name: "call, many", unit: "µs", better: "lower" } as const;
const queued = { name: "queued", unit: "bytes/call", better: "lower" } as const;
const left = { name: "left", unit: "bytes/call", better: "lower" } as const;

const FEW_TURNS = 5;

/** What this process holds on to, in bytes. Measurements run with --expose-gc. */
async function heldBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await sleep(20); // lets finalizers and closed handles go
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Queues calls behind one that holds the worker, looks at them, and lets them go. */
async function queue(running: Pool, count: number, look: () => Promise<void> | undefined): Promise<number> {
  const calls = new Array<PromiseLike<unknown> | undefined>(count).fill(undefined);
  writeFileSync(holdFile(process.pid), "");
  const holding = running.call(-process.pid);
  const start = performance.now();
  for (let i = 0; i < count; i++) calls[i] = running.call(0);
  const elapsedMs = performance.now() - start;
  await look();
  rmSync(holdFile(process.pid));
  await holding;
  for (let i = 0; i < count; i++) {
    await calls[i];
    calls[i] = undefined;
  }
  return (1000 * elapsedMs) / count;
}

async function flood(running: Pool, count: number): Promise<number> {
  const start = performance.now();
  await running.flood(count, 0);
  return (1000 * (performance.now() - start)) / count;
}

async function medianOf(turns: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < turns; i++) values.push(await measure());
  return median(values);
}

const ours = [ourThreads, ourProcesses];

export const queuedCalls: Workload = {
  name: "queued-calls",
  title: "1,000,000 calls waiting at one worker, their futures kept (peers: 100,000), and 10,000",
  rounds: 3,
  metrics: [queued, left, submitFew, submitMany, callFew, callMany],
  contenders: contend([ourThreads, ...threadsOneByOne, ourProcesses, ...processesOneByOne], async (peer, quick) => {
    const isOurs = ours.some(({ name }) => name === peer.name);
    const few = scaled(quick ? 500 : 10_000, peer);
    const many = scaled(quick ? 5_000 : isOurs ? 1_000_000 : 100_000, peer);
    const turns = quick ? 1 : FEW_TURNS;
    const running = await peer.start("holdOrNoop", 1);
    await running.flood(2 * few, 0); // whatever grows once has grown now, and both sides are warm
    await queue(running, 2 * few, () => undefined);

    const sample: Record<string, number> = {
      [submitFew.name]: await medianOf(turns, () => queue(running, few, () => undefined)),
      [callFew.name]: await medianOf(turns, () => flood(running, few)),
    };
    const before = await heldBytes();
    let waiting = 0;
    sample[submitMany.name] = await queue(running, many, async () => {
      waiting = await heldBytes();
    });
    sample[queued.name] = (waiting - before) / many;
    sample[left.name] = ((await heldBytes()) - before) / many;
    sample[callMany.name] = await flood(running, many);
    await running.stop();
    return sample;
  }),
  goals: ours.flatMap((peer): Goal[] => [
    {
      says: `${peer.kind}: a queued call, bytes`,
      measured: (medians) => medians(peer.name, queued.name),
      limit: 300,
      kind: "at most",
    },
    {
      says: `${peer.kind}: what is left of a call after it ran, bytes`,
      measured: (medians) => medians(peer.name, left.name),
      limit: 4,
      kind: "at most",
    },
    ...(
      [
        ["time to submit one of 1,000,000 calls", submitMany, submitFew],
        ["time for one of 1,000,000 calls", callMany, callFew],
      ] as const
    ).map(
      ([says, many, few]): Goal => ({
        says: `${peer.kind}: ${says} over one of 10,000`,
        measured(medians) {
          const [a, b] = [medians(peer.name, many.name), medians(peer.name, few.name)];
          return a === undefined || b === undefined ? undefined : a / b;
        },
        limit: 1.3,
        kind: "at most",
      }),
    ),
  ]),
};
