import { fileURLToPath } from "node:url";
import workerpool from "workerpool";
import { type Peer, type Pool, poolOf, SLOWER } from "../peer.js";

const workerFile = fileURLToPath(new URL("./workerpool-worker.js", import.meta.url));

/** Dedicated workers, as its documentation shows them; sending a function's text with each call is the slower way. */
function workerpoolWith(name: string, workerType: "thread" | "process"): Peer<Pool> {
  return {
    name,
    kind: workerType === "thread" ? "threads" : "processes",
    settings: `workerType: "${workerType}", minWorkers = maxWorkers, a dedicated worker script`,
    scale: SLOWER,
    async start(task, workers) {
      const pool = workerpool.pool(workerFile, { workerType, minWorkers: workers, maxWorkers: workers });
      const call = (argument: unknown): PromiseLike<unknown> => pool.exec(task, [argument]);
      return poolOf(call, async () => {
        await pool.terminate();
      });
    },
  };
}

export const workerpoolThreads = workerpoolWith("workerpool, thread", "thread");
export const workerpoolProcesses = workerpoolWith("workerpool, process", "process");
