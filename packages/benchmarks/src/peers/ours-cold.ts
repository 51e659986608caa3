/** Ours, as somebody writes it who wants one result soon: submits at once, without waiting for the workers to be ready. */
import { ProcessPoolExecutor, ThreadPoolExecutor } from "concurrent-futures";
import { floodByCalls, type Peer, type Pool } from "../peer.js";
import { tasks } from "../tasks.js";

function ours(kind: Peer<Pool>["kind"], Executor: new (options: { maxWorkers: number }) => OurExecutor): Peer<Pool> {
  return {
    name: `ours, ${kind}`,
    kind,
    settings: "defaults",
    async start(task, maxWorkers) {
      const executor = new Executor({ maxWorkers });
      const call = (argument: unknown) => executor.submit(tasks[task], argument);
      return {
        call,
        flood: (count, argument) => floodByCalls(call, count, argument),
        stop: () => executor.shutdown(),
      };
    },
  };
}

type OurExecutor = ThreadPoolExecutor | ProcessPoolExecutor;

export const ourThreads = ours("threads", ThreadPoolExecutor);
export const ourProcesses = ours("processes", ProcessPoolExecutor);
