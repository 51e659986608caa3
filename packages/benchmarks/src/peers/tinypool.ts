import { Tinypool } from "tinypool";
import { type Peer, type Pool, poolOf } from "../peer.js";

const filename = new URL("../tasks.js", import.meta.url).href;

interface Settings {
  readonly runtime: "worker_threads" | "child_process";
  readonly concurrentTasksPerWorker: number;
  /** For child_process. */
  readonly serialization?: "json" | "advanced";
}

export function tinypoolWith(name: string, settings: Settings): Peer<Pool> {
  const { runtime, concurrentTasksPerWorker, serialization } = settings;
  const parts = [`runtime: "${runtime}", minThreads = maxThreads`];
  if (concurrentTasksPerWorker > 1) parts.push(`concurrentTasksPerWorker: ${concurrentTasksPerWorker}`);
  if (serialization !== undefined) parts.push(`serialization: "${serialization}"`);
  return {
    name,
    kind: runtime === "child_process" ? "processes" : "threads",
    settings: parts.join(", "),
    async start(task, workers) {
      const pool = new Tinypool({ filename, name: task, minThreads: workers, maxThreads: workers, ...settings });
      const call = (argument: unknown) => pool.run(argument);
      return poolOf(call, () => pool.destroy());
    },
  };
}

export const tinypoolThreads = tinypoolWith("tinypool, threads", {
  runtime: "worker_threads",
  concurrentTasksPerWorker: 1,
});
export const tinypoolProcesses = tinypoolWith("tinypool, child_process", {
  runtime: "child_process",
  concurrentTasksPerWorker: 1,
});
