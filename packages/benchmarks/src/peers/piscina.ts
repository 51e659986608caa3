import { Piscina } from "piscina";
import { floodByCalls, type Peer, type Pool } from "../peer.js";

const filename = new URL("../tasks.js", import.meta.url).href;

/** `concurrentTasksPerWorker` above 1 is documented for asynchronous tasks; it also hides latency with short ones. */
function piscinaWith(name: string, concurrentTasksPerWorker: number): Peer<Pool> {
  return {
    name,
    kind: "threads",
    settings: `minThreads = maxThreads, concurrentTasksPerWorker: ${concurrentTasksPerWorker}, atomics: "sync" (default)`,
    async start(task, workers) {
      const pool = new Piscina({
        filename,
        name: task,
        minThreads: workers,
        maxThreads: workers,
        concurrentTasksPerWorker,
      });
      const call = (argument: number) => pool.run(argument);
      return {
        call,
        flood: (count, argument) => floodByCalls(call, count, argument),
        stop: () => pool.destroy(),
      };
    },
  };
}

export const piscina = piscinaWith("piscina", 1);
export const piscina64 = piscinaWith("piscina, 64 per worker", 64);
