import { type MapResults, ProcessPoolExecutor, ThreadPoolExecutor } from "concurrent-futures";
import { checkSum, type Mapper, type Peer, type Pool, poolOf } from "../peer.js";
import { tasks } from "../tasks.js";

/** Reads all results of a map and gives their sum. */
type Read = (results: MapResults<unknown>) => Promise<number>;

const whole: Read = async (results) => {
  let sum = 0;
  for (const value of await results) sum += Number(value);
  return sum;
};

const oneByOne: Read = async (results) => {
  let sum = 0;
  for await (const value of results) sum += Number(value);
  return sum;
};

/** `tasksPerWorker` is for tasks that wait: as many are on one worker's event loop at once. */
export function oursWith(kind: Peer<Pool>["kind"], tasksPerWorker?: number, read = whole): Peer<Pool & Mapper> {
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
          checkSum(await read(executor.map(fn, numbers)), numbers.length);
        },
      };
    },
  };
}

export const ourThreads = oursWith("threads");
export const ourProcesses = oursWith("processes");

/** A map read one result after the other. */
export function itemwise(kind: Peer<Pool>["kind"]): Peer<Mapper> {
  const ours = oursWith(kind, undefined, oneByOne);
  return { ...ours, name: `${ours.name}, for await` };
}
