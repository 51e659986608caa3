import { fileURLToPath } from "node:url";
import { Worker } from "jest-worker";
import { type Peer, type Pool, poolOf, SLOWER } from "../peer.js";
import type { TaskName } from "../tasks.js";

const tasksFile = fileURLToPath(new URL("../tasks.js", import.meta.url));

/** Its workers load the module of tasks by `require`. */
const cannotRun = process.features.require_module ? undefined : "this Node cannot require an ES module";

/** Its workers have a method per exposed function. */
type Exposed = Record<TaskName, (argument: unknown) => Promise<unknown>>;

function jestWorkerWith(name: string, kind: Peer<Pool>["kind"], enableWorkerThreads: boolean): Peer<Pool> {
  return {
    name,
    kind,
    settings: `enableWorkerThreads: ${enableWorkerThreads}, numWorkers, exposedMethods`,
    cannotRun,
    scale: SLOWER,
    async start(task, workers) {
      const pool = new Worker(tasksFile, { numWorkers: workers, exposedMethods: [task], enableWorkerThreads });
      const exposed = pool as unknown as Exposed;
      const call = (argument: unknown) => exposed[task](argument);
      return poolOf(call, async () => {
        await pool.end();
      });
    },
  };
}

export const jestWorkerThreads = jestWorkerWith("jest-worker, threads", "threads", true);
export const jestWorkerProcesses = jestWorkerWith("jest-worker, processes", "processes", false);
