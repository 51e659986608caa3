import { fileURLToPath } from "node:url";
import { FixedClusterPool, FixedThreadPool, type IPool, type IWorker, type PoolOptions } from "poolifier";
import { checkSum, type Mapper, type Peer, type Pool, poolOf, SLOWER } from "../peer.js";

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const threadFile = file("./poolifier-thread-worker.js");
const clusterFile = file("./poolifier-cluster.cjs");

type Options = PoolOptions<IWorker>;

function poolifierWith(
  name: string,
  kind: Peer<Pool>["kind"],
  settings: string,
  create: (workers: number, whenGone: { readonly exitHandler: () => void }) => IPool<IWorker>,
): Peer<Pool & Mapper> {
  return {
    name,
    kind,
    settings,
    scale: SLOWER,
    async start(task, workers) {
      let left = workers;
      let gone = (): void => {};
      const allGone = new Promise<void>((resolve) => {
        gone = resolve;
      });
      const pool = create(workers, {
        exitHandler: () => {
          if (--left === 0) gone();
        },
      });
      // With threads, destroy() sometimes never settles though all workers have ended (poolifier 5.3.2).
      const stop = () => Promise.race([pool.destroy(), allGone]);
      return {
        ...poolOf((argument) => pool.execute(argument, task), stop),
        async map(numbers) {
          let sum = 0;
          for (const value of await pool.mapExecute(numbers, task)) sum += Number(value);
          checkSum(sum, numbers.length);
        },
      };
    },
  };
}

export function poolifierThreadsWith(name: string, settings: string, options: Options): Peer<Pool & Mapper> {
  return poolifierWith(
    name,
    "threads",
    `FixedThreadPool, ${settings}`,
    (workers, whenGone) => new FixedThreadPool(workers, threadFile, { ...options, ...whenGone }),
  );
}

export function poolifierClusterWith(name: string, settings: string, options: Options): Peer<Pool & Mapper> {
  return poolifierWith(
    name,
    "processes",
    `FixedClusterPool, ${settings}`,
    (workers, whenGone) => new FixedClusterPool(workers, clusterFile, { ...options, ...whenGone }),
  );
}

/** By default a call is sent to a worker at once. For calls of the same length, taking turns finds one the soonest. */
const direct = { workerChoiceStrategy: "ROUND_ROBIN" } as const;
const DIRECT = 'workerChoiceStrategy: "ROUND_ROBIN", no tasks queue (default)';
export const poolifierThreads = poolifierThreadsWith("poolifier, threads", DIRECT, direct);
export const poolifierCluster = poolifierClusterWith("poolifier, cluster", DIRECT, direct);

/** Its documentation's way for tasks of different lengths: a worker without tasks takes some of another's. */
const QUEUED = "enableTasksQueue: true, tasksQueueOptions: defaults (concurrency 1, task stealing)";
const queue = { enableTasksQueue: true };
export const poolifierThreadsQueue = poolifierThreadsWith("poolifier, threads, tasks queue", QUEUED, queue);
export const poolifierClusterQueue = poolifierClusterWith("poolifier, cluster, tasks queue", QUEUED, queue);
