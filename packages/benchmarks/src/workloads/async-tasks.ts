import { fileURLToPath } from "node:url";
import { type Peer, type Pool, scaled } from "../peer.js";
import { limits } from "../peers/index.js";
import { jestWorkerProcesses, jestWorkerThreads } from "../peers/jest-worker.js";
import { oursWith } from "../peers/ours.js";
import { piscinaWith } from "../peers/piscina.js";
import { poolifierClusterWith, poolifierThreadsWith } from "../peers/poolifier.js";
import { threadsWith } from "../peers/threads.js";
import { tinypoolWith } from "../peers/tinypool.js";
import { workerpoolProcesses, workerpoolThreads } from "../peers/workerpool.js";
import type { TaskName } from "../tasks.js";
import { contend, type Goal, overBest, type Workload } from "../workload.js";

const waits = { name: "10 ms waits", unit: "tasks/s", better: "higher" } as const;
const reads = { name: "small files", unit: "tasks/s", better: "higher" } as const;

const WORKERS = 2;
const PER_WORKER = 200;
const someFile = fileURLToPath(import.meta.url);

const ourThreads = oursWith("threads", PER_WORKER);
const ourProcesses = oursWith("processes", PER_WORKER);

const poolifierOptions = {
  workerChoiceStrategy: "ROUND_ROBIN",
  enableTasksQueue: true,
  tasksQueueOptions: { concurrency: PER_WORKER },
} as const;
const poolifierSettings = `workerChoiceStrategy: "ROUND_ROBIN", tasksQueueOptions: { concurrency: ${PER_WORKER} }`;

/** Each waiting task takes a turn of its own there: few tasks, so that this does not take minutes. */
function oneAtATime(peer: Peer<Pool>): Peer<Pool> {
  return { ...peer, scale: 0.02, settings: `${peer.settings}; a worker has one task at a time, whatever is set` };
}

const threadPeers = [
  piscinaWith("piscina", { concurrentTasksPerWorker: PER_WORKER, atomics: "sync" }),
  piscinaWith("piscina, async atomics", { concurrentTasksPerWorker: PER_WORKER, atomics: "async" }),
  tinypoolWith("tinypool, threads", { runtime: "worker_threads", concurrentTasksPerWorker: PER_WORKER }),
  poolifierThreadsWith("poolifier, threads", poolifierSettings, poolifierOptions),
  threadsWith("threads", PER_WORKER),
  oneAtATime(workerpoolThreads),
  oneAtATime(jestWorkerThreads),
];

const processPeers = [
  tinypoolWith("tinypool, child_process", { runtime: "child_process", concurrentTasksPerWorker: PER_WORKER }),
  poolifierClusterWith("poolifier, cluster", poolifierSettings, poolifierOptions),
  oneAtATime(workerpoolProcesses),
  oneAtATime(jestWorkerProcesses),
];

async function tasksPerSecond(peer: Peer<Pool>, quick: boolean, task: TaskName, argument: unknown): Promise<number> {
  const count = scaled(quick ? 200 : 10_000, peer);
  const inFlight = WORKERS * PER_WORKER;
  const running = await peer.start(task, WORKERS);
  await running.flood(Math.min(count, 2_000), argument, inFlight); // warms up both sides
  const start = performance.now();
  await running.flood(count, argument, inFlight);
  const elapsedMs = performance.now() - start;
  await running.stop();
  return (1000 * count) / elapsedMs;
}

/** Tasks that mostly wait: how many a second when each worker has 200 at once. */
export const asyncTasks: Workload = {
  name: "async-tasks",
  title:
    "Asynchronous tasks, two workers, 200 at once on each, 10,000 in all (2,000 by the other pools, 200 by `threads` " +
    "and by who runs one at a time): waits of 10 ms, and reads of a file of some KiB",
  rounds: 3,
  metrics: [waits, reads],
  contenders: contend([ourThreads, ...threadPeers, ourProcesses, ...processPeers, ...limits], async (peer, quick) => ({
    [waits.name]: await tasksPerSecond(peer, quick, "wait", 10),
    [reads.name]: await tasksPerSecond(peer, quick, "readSize", someFile),
  })),
  goals: [waits, reads].flatMap((metric): Goal[] => [
    {
      says: `threads: asynchronous tasks/s over the fastest peer's, ${metric.name}`,
      measured: (medians) => overBest(medians, metric, ourThreads.name, threadPeers),
      limit: 1,
      kind: "at least",
    },
    {
      says: `processes: asynchronous tasks/s over the fastest peer's, ${metric.name}`,
      measured: (medians) => overBest(medians, metric, ourProcesses.name, processPeers),
      limit: 1,
      kind: "at least",
    },
  ]),
};
