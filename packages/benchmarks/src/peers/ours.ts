import { ProcessPoolExecutor, ThreadPoolExecutor } from "concurrent-futures";
import { type Mapper, type Peer, type Pool, poolOf } from "../peer.js";
import { tasks } from "../tasks.js";

type OurExecutor = ThreadPoolExecutor | ProcessPoolExecutor;

function ours(
  name: string,
  kind: Peer<Pool>["kind"],
  create: (maxWorkers: number) => OurExecutor,
): Peer<Pool & Mapper> {
  return {
    name,
    kind,
    settings: "defaults",
    async start(task, workers) {
      const executor = create(workers);
      await executor.ready();
      const fn = tasks[task];
      const pool = poolOf(
        (argument) => executor.submit(fn, argument),
        () => executor.shutdown(),
      );
      return {
        ...pool,
        async map(count) {
          const numbers = Float64Array.from({ length: count }, (_, i) => i);
          let sum = 0;
          for await (const value of executor.map(fn, numbers)) sum += Number(value);
          if (sum !== (count * (count - 1)) / 2) throw new Error(`Mapping ${count} numbers gave a wrong sum: ${sum}`);
        },
      };
    },
  };
}

export const ourThreads = ours("ours, threads", "threads", (maxWorkers) => new ThreadPoolExecutor({ maxWorkers }));
export const ourProcesses = ours(
  "ours, processes",
  "processes",
  (maxWorkers) => new ProcessPoolExecutor({ maxWorkers }),
);
