/**
 * How long the caller's event loop keeps others waiting while many futures settle. Both workers are held until all calls
 * have been submitted (in slices, as whoever cares about the event loop does), then let go, and the loop is watched until
 * the last of the callbacks has run. Submitting is not in it, that is the caller's own code; nor is collecting what it
 * left.
 *
 * The delay is what a callback waits that becomes due at any moment, see event-loop.ts. An idle loop gives about 1 ms,
 * since that is how often the watching timer runs.
 */
import { rmSync, writeFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import { waitQuantile, watchEventLoop } from "../event-loop.js";
import { scaled } from "../peer.js";
import { processesOneByOne, threadsOneByOne } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { holdFile } from "../tasks.js";
import { contend, type Workload } from "../workload.js";

const p99 = { name: "p99", unit: "ms", better: "lower" } as const;
const max = { name: "max", unit: "ms", better: "lower" } as const;
const WORKERS = 2;
const SLICE = 1_000;

export const eventLoopDelay: Workload = {
  name: "event-loop-delay",
  title: "Delay of the caller's event loop while 100,000 futures settle, two workers",
  rounds: 5,
  metrics: [p99, max],
  contenders: contend([ourThreads, ...threadsOneByOne, ourProcesses, ...processesOneByOne], async (peer, quick) => {
    const count = scaled(quick ? 2_000 : 100_000, peer);
    const running = await peer.start("holdOrNoop", WORKERS);
    await running.flood(count, 0); // warms up both sides: a loop that must stay free belongs to a program that runs on

    writeFileSync(holdFile(process.pid), "");
    for (let i = 0; i < WORKERS; i++) running.call(-process.pid);
    let left = count;
    let allSettled = () => {};
    const settled = () => {
      if (--left === 0) allSettled();
    };
    for (let i = 0; i < count; i++) {
      running.call(0).then(settled);
      if (i % SLICE === 0) await turn();
    }

    const watch = watchEventLoop();
    rmSync(holdFile(process.pid));
    await new Promise<void>((resolve) => {
      allSettled = resolve;
    });
    const gaps = watch.stop();
    await running.stop();
    return { [p99.name]: waitQuantile(gaps, 0.99), [max.name]: Math.max(...gaps) };
  }),
  goals: [ourThreads, ourProcesses].map((peer) => ({
    says: `${peer.kind}: p99 delay of the event loop while 100,000 futures settle, ms`,
    measured: (medians) => medians(peer.name, p99.name),
    limit: 20,
    kind: "at most",
  })),
};
