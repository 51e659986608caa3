import { Tinypool } from "tinypool";
import { type Peer, type Pool, poolOf, SLOWER } from "../peer.js";

const filename = new URL("../tasks.js", import.meta.url).href;

interface Settings {
  readonly runtime: "worker_threads" | "child_process";
  /** As with piscina, whose documentation it refers to. */
  readonly concurrentTasksPerWorker: number;
  /** For child_process; "json" by default. */
  readonly serialization?: "advanced";
}

export function tinypoolWith(name: string, settings: Settings): Peer<Pool> {
  const { runtime, concurrentTasksPerWorker, serialization } = settings;
  const parts = [
    `runtime: "${runtime}", minThreads = maxThreads, concurrentTasksPerWorker: ${concurrentTasksPerWorker}`,
  ];
  if (serialization !== undefined) parts.push(`serialization: "${serialization}"`);
  return {
    name,
    kind: runtime === "child_process" ? "processes" : "threads",
    settings: parts.join(", "),
    scale: SLOWER,
    async start(task, workers) {
      const pool = new Tinypool({ filename, name: task, minThreads: workers, maxThreads: workers, ...settings });
      const call = (argument: unknown) => pool.run(argument);
      return poolOf(call, () => pool.destroy());
    },
  };
}

const threads = (concurrentTasksPerWorker: number) =>
  ({ runtime: "worker_threads", concurrentTasksPerWorker }) as const;
const processes = (concurrentTasksPerWorker: number) =>
  ({ runtime: "child_process", concurrentTasksPerWorker }) as const;

export const tinypoolThreads = tinypoolWith("tinypool, threads", threads(1));
export const tinypoolThreads64 = tinypoolWith("tinypool, threads, 64 per worker", threads(64));
export const tinypoolProcesses = tinypoolWith("tinypool, child_process", processes(1));
export const tinypoolProcesses64 = tinypoolWith("tinypool, child_process, 64 per worker", processes(64));
