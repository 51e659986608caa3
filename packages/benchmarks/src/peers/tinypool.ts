import { Tinypool } from "tinypool";
import { floodByCalls, type Peer, type Pool } from "../peer.js";

const filename = new URL("../tasks.js", import.meta.url).href;

function tinypoolWith(name: string, kind: Peer<Pool>["kind"], runtime: "worker_threads" | "child_process"): Peer<Pool> {
  return {
    name,
    kind,
    settings: `runtime: "${runtime}", minThreads = maxThreads`,
    async start(task, workers) {
      const pool = new Tinypool({ filename, name: task, runtime, minThreads: workers, maxThreads: workers });
      const call = (argument: number) => pool.run(argument);
      return {
        call,
        flood: (count, argument) => floodByCalls(call, count, argument),
        stop: () => pool.destroy(),
      };
    },
  };
}

export const tinypoolThreads = tinypoolWith("tinypool, threads", "threads", "worker_threads");
export const tinypoolProcesses = tinypoolWith("tinypool, child_process", "processes", "child_process");
