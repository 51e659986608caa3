import { Value } from "concurrent-futures";
import { ratio, type Workload } from "../workload.js";

const metric = { name: "one addition", unit: "ns", better: "lower" } as const;
const ours = "ours, Value.add";
const bare = "Atomics.add";

/** `add` is called once per turn, after the same warm-up, so that both are compiled the same way. */
function nanoseconds(add: (n: number) => number, quick: boolean): number {
  const count = quick ? 100_000 : 20_000_000;
  let sum = 0;
  for (let i = 0; i < count / 10; i++) sum += add(1);
  const start = performance.now();
  for (let i = 0; i < count; i++) sum += add(1);
  const elapsedMs = performance.now() - start;
  if (Number.isNaN(sum)) throw new Error("Additions gave no number");
  return (1e6 * elapsedMs) / count;
}

/** Adding without a lock: what an object around the memory costs. */
export const valueAdd: Workload = {
  name: "value-add",
  title: "Atomic additions to a number that processes share, by one of them",
  rounds: 5,
  metrics: [metric],
  contenders: [
    {
      name: ours,
      kind: "processes",
      settings: "int32",
      async measure(quick) {
        const value = new Value("int32");
        return { [metric.name]: nanoseconds((n) => value.add(n), quick) };
      },
    },
    {
      name: bare,
      kind: "processes",
      settings: "on an Int32Array over a SharedArrayBuffer",
      role: "limit",
      async measure(quick) {
        const array = new Int32Array(new SharedArrayBuffer(4));
        return { [metric.name]: nanoseconds((n) => Atomics.add(array, 0, n), quick) };
      },
    },
  ],
  goals: [
    {
      says: "Value.add over Atomics.add on a SharedArrayBuffer",
      measured: (medians) => ratio(medians, metric.name, ours, bare),
      limit: 1.5,
      kind: "at most",
    },
  ],
};
