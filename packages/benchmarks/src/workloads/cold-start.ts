/**
 * Cold start: from "there is nothing" to the first result of a no-op task, one worker.
 *
 *   first        in a program of its own that has loaded the library and the task's module, and started nothing yet
 *   with import  in that program, from its first line on
 *   again        the median of later starts in one process, each after the one before has been stopped
 *
 * Ours, the peers, and the bare Worker or child run the same module of tasks, which the worker imports; the bare ones
 * answer their first message with the task's result. So all do the same work, and the bare ones do nothing else.
 * Nothing is measured of Node's own start, and nothing of stopping.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Peer, Pool } from "../peer.js";
import * as bare from "../peers/bare.js";
import { processesOneByOne, threadsOneByOne } from "../peers/index.js";
import * as jestWorker from "../peers/jest-worker.js";
import * as ours from "../peers/ours-cold.js";
import * as piscina from "../peers/piscina.js";
import * as poolifier from "../peers/poolifier.js";
import * as threads from "../peers/threads.js";
import * as tinypool from "../peers/tinypool.js";
import * as workerpool from "../peers/workerpool.js";
import { median } from "../statistics.js";
import { contend, type Goal, ratio, type Sample, type Workload } from "../workload.js";

const first = { name: "first", unit: "ms", better: "lower" } as const;
const again = { name: "again", unit: "ms", better: "lower" } as const;
const withImport = { name: "with import", unit: "ms", better: "lower" } as const;
const metrics = [first, again, withImport];

const program = fileURLToPath(new URL("../first-result.js", import.meta.url));

async function toFirstResult(peer: Peer<Pool>): Promise<number> {
  const start = performance.now();
  const running = await peer.start("noop", 1);
  await running.call(0);
  const elapsedMs = performance.now() - start;
  await running.stop();
  return elapsedMs;
}

/** Where a program of its own finds a peer. */
const modules = {
  "ours-cold": ours,
  bare,
  piscina,
  tinypool,
  workerpool,
  poolifier,
  "jest-worker": jestWorker,
  threads,
};

function moduleOf(peer: Peer<Pool>): string {
  const [found] = Object.entries(modules).find(([, exported]) => Object.values<unknown>(exported).includes(peer)) ?? [];
  if (found === undefined) throw new RangeError(`No module exports the peer ${peer.name}`);
  return new URL(`../peers/${found}.js`, import.meta.url).href;
}

async function measure(peer: Peer<Pool>, quick: boolean): Promise<Sample> {
  const module = moduleOf(peer);
  const inProgram: { readonly sinceStart: number; readonly sinceImport: number }[] = [];
  for (let i = 0; i < (quick ? 1 : 3); i++) {
    const args = [...process.execArgv, program, module, peer.name];
    inProgram.push(JSON.parse((await promisify(execFile)(process.execPath, args)).stdout));
  }
  await toFirstResult(peer);
  const later: number[] = [];
  for (let i = 0; i < (quick ? 1 : 7); i++) later.push(await toFirstResult(peer));
  return {
    [first.name]: median(inProgram.map(({ sinceImport }) => sinceImport)),
    [again.name]: median(later),
    [withImport.name]: median(inProgram.map(({ sinceStart }) => sinceStart)),
  };
}

/** How fast a worker is there when it is needed. */
export const coldStart: Workload = {
  name: "cold-start",
  title: "Cold start of one worker, to the first result of a no-op task",
  rounds: 5,
  metrics,
  contenders: contend(
    [
      ours.ourThreads,
      ...threadsOneByOne,
      bare.barePostMessage,
      ours.ourProcesses,
      ...processesOneByOne,
      bare.bareAdvancedIpc,
      bare.bareJsonIpc,
    ],
    measure,
  ),
  goals: [
    { peer: ours.ourThreads, limit: bare.barePostMessage },
    { peer: ours.ourProcesses, limit: bare.bareAdvancedIpc },
  ].flatMap(({ peer, limit }) =>
    metrics.map(
      (metric): Goal => ({
        says: `${peer.kind}: cold start, ${metric.name}, over ${limit.name}`,
        measured: (medians) => ratio(medians, metric.name, peer.name, limit.name),
        limit: 1.2,
        kind: "at most",
      }),
    ),
  ),
};
