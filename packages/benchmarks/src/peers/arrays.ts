/** The peers as their documentation sets them up for large arrays: with transfer lists, and without JSON. */

import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { ThreadPoolExecutor } from "concurrent-futures";
import { Piscina } from "piscina";
import { FixedThreadPool } from "poolifier";
import { spawn, Pool as ThreadsPool, Worker as ThreadsWorker, Transfer } from "threads";
import { Tinypool } from "tinypool";
import workerpool from "workerpool";
import { type Peer, type Pool, poolOf } from "../peer.js";
import { type TaskName, tasks } from "../tasks.js";
import type { Message } from "./bare.js";
import { jestWorkerProcesses } from "./jest-worker.js";
import { poolifierClusterWith } from "./poolifier.js";
import { tinypoolWith } from "./tinypool.js";

const filename = new URL("../tasks.js", import.meta.url).href;
const workerFile = (name: string) => fileURLToPath(new URL(`./${name}-worker.js`, import.meta.url));

/** Calls whose argument, a Float64Array, moves to the worker. */
function transferring(name: string, settings: string, start: Peer<Pool>["start"]): Peer<Pool> {
  return { name, kind: "threads", settings, start };
}

const bufferOf = (array: unknown) => (array as Float64Array<ArrayBuffer>).buffer;

export const ourTransfer = transferring("ours, threads", "with({ transfer })", async (task, maxWorkers) => {
  const executor = new ThreadPoolExecutor({ maxWorkers });
  await executor.ready();
  const call = (array: unknown) => executor.with({ transfer: [bufferOf(array)] }).submit(tasks[task], array);
  return poolOf(call, () => executor.shutdown());
});

export const bareTransfer = transferring("bare postMessage", "a transfer list, one message per call", async (task) => {
  const worker = new Worker(workerFile("bare"), { workerData: task });
  const call = async (array: unknown) => {
    worker.postMessage({ id: 0, value: array } satisfies Message, [bufferOf(array)]);
    const [answer] = (await once(worker, "message")) as [Message];
    return answer.value;
  };
  return poolOf(call, async () => {
    await worker.terminate();
  });
});

/** jest-worker documents no way. */
export const transferPeers: readonly Peer<Pool>[] = [
  transferring("piscina", "transferList", async (task, workers) => {
    const pool = new Piscina({ filename, name: task, minThreads: workers, maxThreads: workers });
    return poolOf(
      (array) => pool.run(array, { transferList: [bufferOf(array)] }),
      () => pool.destroy(),
    );
  }),
  transferring("tinypool, threads", "transferList", async (task, workers) => {
    const pool = new Tinypool({ filename, name: task, minThreads: workers, maxThreads: workers });
    return poolOf(
      (array) => pool.run(array, { transferList: [bufferOf(array)] }),
      () => pool.destroy(),
    );
  }),
  transferring("workerpool, thread", 'workerType: "thread", transfer', async (task, workers) => {
    const options = { workerType: "thread", minWorkers: workers, maxWorkers: workers } as const;
    const pool = workerpool.pool(workerFile("workerpool"), options);
    return poolOf(
      (array): PromiseLike<unknown> => pool.exec(task, [array], { transfer: [bufferOf(array)] }),
      async () => {
        await pool.terminate();
      },
    );
  }),
  transferring("poolifier, threads", "FixedThreadPool, transferList", async (task, workers) => {
    const pool = new FixedThreadPool(workers, workerFile("poolifier-thread"));
    return poolOf(
      (array) => pool.execute(array, task, undefined, [bufferOf(array)]),
      async () => {
        void pool.destroy(); // sometimes never settles though all workers have ended (poolifier 5.3.2)
      },
    );
  }),
  transferring("threads", "Pool of `threads` with size, Transfer()", async (task, size) => {
    type Exposed = Record<TaskName, (argument: unknown) => Promise<unknown>>;
    const pool = ThreadsPool(() => spawn<Exposed>(new ThreadsWorker("./threads-worker.js")), { size });
    return poolOf(
      (array) => pool.queue((thread) => thread[task](Transfer(array, [bufferOf(array)]))),
      () => pool.terminate(),
    );
  }),
];

const clusterSettings = { settings: { serialization: "advanced" } } as const;

/** As JSON, which is the default of some, a Float64Array would arrive as something else. */
export const advancedPeers: readonly Peer<Pool>[] = [
  tinypoolWith("tinypool, child_process", {
    runtime: "child_process",
    concurrentTasksPerWorker: 1,
    serialization: "advanced",
  }),
  {
    name: "workerpool, process",
    kind: "processes",
    settings: 'workerType: "process", forkOpts: { serialization: "advanced" }',
    async start(task, workers) {
      const pool = workerpool.pool(workerFile("workerpool"), {
        workerType: "process",
        minWorkers: workers,
        maxWorkers: workers,
        forkOpts: { serialization: "advanced" },
      });
      return poolOf(
        (array): PromiseLike<unknown> => pool.exec(task, [array]),
        async () => {
          await pool.terminate();
        },
      );
    },
  },
  poolifierClusterWith("poolifier, cluster", 'settings: { serialization: "advanced" }', clusterSettings),
  jestWorkerProcesses,
];
