import { ProcessPoolExecutor, ThreadPoolExecutor } from "concurrent-futures";
import { checkSum, type Mapper, type Peer, type Pool, poolOf } from "../peer.js";
import { tasks } from "../tasks.js";

/** `tasksPerWorker` is for tasks that wait: as many are on one worker's event loop at once. */
export function oursWith(kind: Peer<Pool>["kind"], tasksPerWorker?: number): Peer<Pool & Mapper> {
  const Executor = kind === "threads" ? ThreadPoolExecutor : ProcessPoolExecutor;
  const options = tasksPerWorker === undefined ? {} : { tasksPerWorker };
  return {
    name: `ours, ${kind}`,
    kind,
    settings: tasksPerWorker === undefined ? "defaults" : `tasksPerWorker: ${tasksPerWorker}`,
    async start(task, maxWorkers) {
      const executor = new Executor({ maxWorkers, ...options });
      await executor.ready();
      const fn = tasks[task];
      const pool = poolOf(
        (argument) => executor.submit(fn, argument),
        () => executor.shutdown(),
      );
      return {
        ...pool,
        async map(numbers) {
          let sum = 0;
          for await (const value of executor.map(fn, numbers)) sum += Number(value);
          checkSum(sum, numbers.length);
        },
      };
    },
  };
}

export const ourThreads = oursWith("threads");
export const ourProcesses = oursWith("processes");
