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

/** By default a call is sent to a worker at once. For calls of the same length, taking turns is fastest. */
const direct = { workerChoiceStrategy: "ROUND_ROBIN" } as const;
const DIRECT = 'workerChoiceStrategy: "ROUND_ROBIN", no tasks queue (default)';
export const poolifierThreads = poolifierThreadsWith("poolifier, threads", DIRECT, direct);
export const poolifierCluster = poolifierClusterWith("poolifier, cluster", DIRECT, direct);

/**
 * For calls that differ in length: each goes to the worker that has the fewest. With a tasks queue, which is made for
 * them, half of the short ones were measured to wait for the long one, whatever the options for stealing.
 */
const LEAST_USED = 'workerChoiceStrategy: "LEAST_USED" (default), no tasks queue (default)';
export const poolifierThreadsLeastUsed = poolifierThreadsWith("poolifier, threads, least used", LEAST_USED, {});
export const poolifierClusterLeastUsed = poolifierClusterWith("poolifier, cluster, least used", LEAST_USED, {});
