/**
 * What idle workers burn: the CPU time, and the wake-ups, of all threads of this process and of all below it (see
 * process-tree.ts) in a second in which nothing is called, after two workers have worked. It is the median of seven
 * seconds: what burns does so in each of them; collecting garbage some time after the work, which V8 does in whatever
 * process it likes, falls into one or two. A program without workers shows what looking itself costs.
 * Only Linux counts like that: elsewhere nothing is measured.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Peer, type Running, scaled } from "../peer.js";
import { bareAdvancedIpc, barePostMessage } from "../peers/bare.js";
import { processesOneByOne, threadsOneByOne } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { countsTime, type TimeUsed, timeUsed, treeThreads } from "../process-tree.js";
import { median } from "../statistics.js";
import { contend, type Goal, type Medians, type Metric, type Workload } from "../workload.js";

const cpu = { name: "CPU", unit: "ms/s", better: "lower" } as const;
const wakeUps = { name: "wake-ups", unit: "1/s", better: "lower" } as const;

const WINDOWS = 7;

const noWorkers: Peer<Running> = {
  name: "bare program, no workers",
  kind: "threads",
  settings: "a program that waits for a timer",
  start: async () => ({ flood: async () => {}, stop: async () => {} }),
};

function more(medians: Medians, metric: Metric, ours: string, bare: string): number | undefined {
  const [a, b] = [medians(ours, metric.name), medians(bare, metric.name)];
  return a === undefined || b === undefined ? undefined : a - b;
}

export const idleCpu: Workload = {
  name: "idle-cpu",
  title: "CPU time and wake-ups of two workers that have worked and are idle, and of their caller",
  rounds: 2,
  metrics: [cpu, wakeUps],
  contenders: contend<Running>(
    [
      ourThreads,
      ...threadsOneByOne,
      barePostMessage,
      noWorkers,
      ourProcesses,
      ...processesOneByOne,
      bareAdvancedIpc,
    ].filter(() => countsTime),
    async (peer, quick) => {
      const running = await peer.start("noop", 2);
      await running.flood(scaled(quick ? 200 : 5_000, peer), 0);
      globalThis.gc?.();
      await sleep(quick ? 10 : 1_000);
      const threads = treeThreads();
      const windows: TimeUsed[] = [];
      let before = timeUsed(threads);
      for (let i = 0; i < (quick ? 1 : WINDOWS) + 1; i++) {
        await sleep(quick ? 20 : 1_000);
        const after = timeUsed(threads);
        windows.push({ cpuMs: after.cpuMs - before.cpuMs, wakeUps: after.wakeUps - before.wakeUps });
        before = after;
      }
      windows.shift(); // the first look had to be compiled
      await running.stop();
      return {
        [cpu.name]: median(windows.map(({ cpuMs }) => cpuMs)),
        [wakeUps.name]: median(windows.map(({ wakeUps }) => wakeUps)),
      };
    },
  ),
  goals: [
    { peer: ourThreads, limit: barePostMessage },
    { peer: ourProcesses, limit: bareAdvancedIpc },
  ]
    .filter(() => countsTime)
    .flatMap(({ peer, limit }): Goal[] => [
      {
        says: `${peer.kind}: CPU burnt while idle, more than ${limit.name}, ms/s`,
        measured: (medians) => more(medians, cpu, peer.name, limit.name),
        limit: 0.5,
        kind: "at most",
      },
      {
        says: `${peer.kind}: wake-ups while idle, more than ${limit.name}, 1/s`,
        measured: (medians) => more(medians, wakeUps, peer.name, limit.name),
        limit: 1,
        kind: "at most",
      },
    ]),
};
