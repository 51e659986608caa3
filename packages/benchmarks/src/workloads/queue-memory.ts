import { rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { piscina } from "../peers/piscina.js";
import { tinypoolThreads } from "../peers/tinypool.js";
import { holdFile } from "../tasks.js";
import { contend, type Workload } from "../workload.js";

const queued = { name: "queued", unit: "bytes/call", better: "lower" } as const;
const left = { name: "left afterwards", unit: "bytes/call", better: "lower" } as const;

/** What this process holds on to, in bytes. Measurements run with --expose-gc. */
async function heldBytes(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await sleep(20); // lets finalizers and closed handles go
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A million calls behind one that holds the only worker: what each takes while it waits, and what stays of it. */
export const queueMemory: Workload = {
  name: "queue-memory",
  title: "1,000,000 calls waiting, their futures kept (peers: 100,000): memory of the caller",
  rounds: 1,
  metrics: [queued, left],
  contenders: contend([ourThreads, ourProcesses, piscina, tinypoolThreads], async (peer, quick) => {
    const full = peer === ourThreads || peer === ourProcesses ? 1_000_000 : 100_000;
    const count = quick ? 10_000 : full;
    const running = await peer.start("holdOrNoop", 1);
    await running.flood(20_000, 0); // whatever grows once has grown now
    const calls = new Array<PromiseLike<unknown> | undefined>(count).fill(undefined);

    writeFileSync(holdFile(process.pid), "");
    const before = await heldBytes();
    const holding = running.call(-process.pid);
    for (let i = 0; i < count; i++) calls[i] = running.call(0);
    const waiting = await heldBytes();

    rmSync(holdFile(process.pid));
    await holding;
    for (let i = 0; i < count; i++) {
      await calls[i];
      calls[i] = undefined;
    }
    const after = await heldBytes();
    await running.stop();
    return { [queued.name]: (waiting - before) / count, [left.name]: (after - before) / count };
  }),
  goals: [ourThreads, ourProcesses].flatMap((peer) => [
    {
      says: `${peer.kind}: a queued call, bytes`,
      measured: (medians) => medians(peer.name, queued.name),
      limit: 400,
      kind: "at most",
    },
    {
      says: `${peer.kind}: what is left of a call after it ran, bytes`,
      measured: (medians) => medians(peer.name, left.name),
      limit: 4,
      kind: "at most",
    },
  ]),
};
