import { Barrier, Process, SharedArray, Value } from "concurrent-futures";
import { pythonShared } from "../peers/python.js";
import { incrementTimed } from "../shared-tasks.js";
import { ratio, type Workload } from "../workload.js";

const contended = { name: "contended", unit: "increments/s", better: "higher" } as const;
const uncontended = { name: "uncontended", unit: "increments/s", better: "higher" } as const;

async function incrementsPerSecond(processes: number, count: number): Promise<number> {
  const value = new Value("int32");
  const start = new Barrier(processes);
  const times = new SharedArray("float64", 2 * processes);
  const workers = Array.from(
    { length: processes },
    (_, me) => new Process({ target: incrementTimed, args: [value, count, start, times, me] }),
  );
  for (const worker of workers) worker.start();
  for (const worker of workers) await worker.join();
  const expected = (processes * count * 11) / 10;
  if (value.value !== expected) throw new Error(`${expected} increments under a lock gave ${value.value}`);
  const began = times.array.filter((_, i) => i % 2 === 0);
  const ended = times.array.filter((_, i) => i % 2 === 1);
  return (1000 * processes * count) / (Math.max(...ended) - Math.min(...began));
}

const ours = "ours, Value.getLock()";
const theirs = "Python multiprocessing.Value";
const python = pythonShared(theirs, "lock", (quick) => (quick ? 2_000 : 200_000));

/** The tutorial's counter: acquire its lock, increment, release. */
export const sharedValue: Workload = {
  name: "shared-value",
  title: "A shared Value incremented under its lock, by two processes at once and by one",
  rounds: 5,
  metrics: [contended, uncontended],
  contenders: [
    {
      name: ours,
      kind: "processes",
      settings: "acquireSync",
      async measure(quick) {
        const count = quick ? 10_000 : 1_000_000;
        return {
          [contended.name]: await incrementsPerSecond(2, count),
          [uncontended.name]: await incrementsPerSecond(1, count),
        };
      },
    },
    ...python,
  ],
  goals: python.flatMap(() =>
    [contended, uncontended].map((metric) => ({
      says: `a Value's lock + increment + unlock, ${metric.name}, over Python's`,
      measured: (medians) => ratio(medians, metric.name, ours, theirs),
      limit: 5,
      kind: "at least",
    })),
  ),
};
