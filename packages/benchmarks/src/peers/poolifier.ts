import { fileURLToPath } from "node:url";
import { FixedClusterPool, FixedThreadPool, type IPool, type IWorker, type PoolOptions } from "poolifier";
import { type Peer, type Pool, poolOf } from "../peer.js";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const threadFile = file("./poolifier-thread-worker.js");
const clusterFile = file("./poolifier-cluster.cjs");

type Options = Pick<PoolOptions<IWorker>, "enableTasksQueue" | "tasksQueueOptions">;

function poolifierWith(
  name: string,
  kind: Peer<Pool>["kind"],
  settings: string,
  create: (workers: number) => IPool<IWorker>,
): Peer<Pool> {
  return {
    name,
    kind,
    settings,
    async start(task, workers) {
      const pool = create(workers);
      const call = (argument: unknown) => pool.execute(argument, task);
      return poolOf(call, () => pool.destroy());
    },
  };
}

export function poolifierThreadsWith(name: string, settings: string, options: Options): Peer<Pool> {
  return poolifierWith(
    name,
    "threads",
    `FixedThreadPool, ${settings}`,
    (n) => new FixedThreadPool(n, threadFile, options),
  );
}

export function poolifierClusterWith(name: string, settings: string, options: Options): Peer<Pool> {
  return poolifierWith(
    name,
    "processes",
    `FixedClusterPool, ${settings}`,
    (n) => new FixedClusterPool(n, clusterFile, options),
  );
}
/** By default a call is sent at once to the worker with the fewest calls. */
const DIRECT = "defaults (no tasks queue)";
export const poolifierThreads = poolifierThreadsWith("poolifier, threads", DIRECT, {});
export const poolifierCluster = poolifierClusterWith("poolifier, cluster", DIRECT, {});

/** Its documentation's way for tasks of different lengths: a worker without tasks takes some of another's. */
const QUEUED = "enableTasksQueue: true, tasksQueueOptions: defaults (concurrency 1, task stealing)";
const queue = { enableTasksQueue: true };
export const poolifierThreadsQueue = poolifierThreadsWith("poolifier, threads, tasks queue", QUEUED, queue);
export const poolifierClusterQueue = poolifierClusterWith("poolifier, cluster, tasks queue", QUEUED, queue);
