import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { ProcessPoolExecutor } from "concurrent-futures";
import { echo } from "../shared-tasks.js";
import { median } from "../statistics.js";
import { type Contender, type Goal, ratio, type Workload } from "../workload.js";

const metric = { name: "there and back", unit: "ms", better: "lower" } as const;
const echoFile = fileURLToPath(new URL("../peers/echo-worker.js", import.meta.url));

/** Turns before it is measured: the first starts things, and memory that the system gives anew is slow for everybody. */
const WARM_UP = 3;

/** The median of some turns; each must give an array like the one that it was given. */
async function milliseconds(quick: boolean, turn: (array: Float64Array) => Promise<Float64Array>): Promise<number> {
  const array = Float64Array.from({ length: quick ? 2 ** 17 : 2 ** 23 }, (_, i) => i); // 64 MiB
  const last = array.length - 1;
  const times: number[] = [];
  for (let i = 0; i < WARM_UP + (quick ? 1 : 8); i++) {
    array[last] = i;
    const start = performance.now();
    const back = await turn(array);
    times.push(performance.now() - start);
    if (back === array || back.length !== array.length || back[last] !== i) throw new Error("Another array came back");
  }
  return median(times.slice(WARM_UP));
}

const ours: Contender = {
  name: "ours, ProcessPoolExecutor",
  kind: "processes",
  settings: "submit(echo, array)",
  async measure(quick) {
    const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const elapsedMs = await milliseconds(quick, (array) => pool.submit(echo, array).result());
    await pool.shutdown();
    return { [metric.name]: elapsedMs };
  },
};

const ipc: Contender = {
  name: "bare IPC, advanced",
  kind: "processes",
  settings: 'fork with serialization: "advanced"',
  async measure(quick) {
    const child: ChildProcess = fork(echoFile, { serialization: "advanced" });
    const elapsedMs = await milliseconds(quick, async (array) => {
      child.send(array);
      const [back] = await once(child, "message");
      return back as Float64Array;
    });
    child.disconnect();
    await once(child, "exit");
    return { [metric.name]: elapsedMs };
  },
};

type Targets = readonly [there: Float64Array, back: Float64Array];

function copies(name: string, settings: string, targetsOf: (length: number) => Targets): Contender {
  return {
    name,
    kind: "processes",
    settings,
    role: "limit",
    async measure(quick) {
      const elapsedMs = await milliseconds(quick, async (array) => {
        const [there, back] = targetsOf(array.length);
        there.set(array);
        back.set(there);
        return back;
      });
      return { [metric.name]: elapsedMs };
    },
  };
}

const newTargets = (length: number): Targets => [new Float64Array(length), new Float64Array(length)];
let kept: Targets | undefined;
const intoKept = copies("two memcpys", "in one process, into memory that was used before", (length) => {
  kept ??= newTargets(length);
  return kept;
});
/** The least for an array that nobody else has: it must be in new memory. */
const intoNew = copies("two memcpys, new memory", "in one process, into new arrays", newTargets);

/** A large typed array as argument and as result. */
export const largeArray: Workload = {
  name: "large-array",
  title: "A Float64Array of 64 MiB to another process and back",
  rounds: 3,
  metrics: [metric],
  contenders: [ours, ipc, intoKept, intoNew],
  goals: [
    {
      says: "64 MiB to a process and back: how much longer bare IPC (advanced) takes",
      measured: (medians) => ratio(medians, metric.name, ipc.name, ours.name),
      limit: 5,
      kind: "at least",
    },
    ...[intoKept, intoNew].map(
      ({ name }): Goal => ({
        says: `64 MiB to a process and back, over ${name}`,
        measured: (medians) => ratio(medians, metric.name, ours.name, name),
        limit: 3,
        kind: "at most",
      }),
    ),
  ],
};
