import { spawn, Pool as ThreadsPool, Worker } from "threads";
import { type Peer, type Pool, poolOf } from "../peer.js";
import type { TaskName } from "../tasks.js";

type Exposed = Record<TaskName, (argument: unknown) => Promise<unknown>>;

/** Each queued call listens to the events of all others: its cost grows with their number, hence its `scale`. */
export function threadsWith(name: string, concurrency: number): Peer<Pool> {
  return {
    name,
    kind: "threads",
    settings: `Pool of \`threads\` with size, concurrency: ${concurrency}`,
    scale: 0.02,
    async start(task, workers) {
      const pool = ThreadsPool(() => spawn<Exposed>(new Worker("./threads-worker.js")), { size: workers, concurrency });
      const call = (argument: unknown) => pool.queue((thread) => thread[task](argument));
      return poolOf(call, () => pool.terminate());
    },
  };
}

export const threads = threadsWith("threads", 1);
export const threads64 = threadsWith("threads, 64 per worker", 64);
