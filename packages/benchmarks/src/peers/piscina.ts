import { Piscina } from "piscina";
import { type Peer, type Pool, poolOf, SLOWER } from "../peer.js";

const filename = new URL("../tasks.js", import.meta.url).href;

interface Settings {
  /** Its documentation: above 1 makes sense for tasks that are asynchronous in part. It also hides latency. */
  readonly concurrentTasksPerWorker: number;
  /** Its documentation: "sync" is fastest, and pauses a worker's event loop between tasks; asynchronous tasks mind that. */
  readonly atomics: "sync" | "async" | "disabled";
}

export function piscinaWith(name: string, settings: Settings): Peer<Pool> {
  const { concurrentTasksPerWorker, atomics } = settings;
  return {
    name,
    kind: "threads",
    settings: `minThreads = maxThreads, concurrentTasksPerWorker: ${concurrentTasksPerWorker}, atomics: "${atomics}"`,
    scale: SLOWER,
    async start(task, workers) {
      const pool = new Piscina({ filename, name: task, minThreads: workers, maxThreads: workers, ...settings });
      const call = (argument: unknown) => pool.run(argument);
      return poolOf(call, () => pool.destroy());
    },
  };
}

export const piscina = piscinaWith("piscina", { concurrentTasksPerWorker: 1, atomics: "sync" });
export const piscina64 = piscinaWith("piscina, 64 per worker", { concurrentTasksPerWorker: 64, atomics: "sync" });
