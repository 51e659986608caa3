/**
 * A Float64Array of 1 MiB and of 64 MiB as an argument, one worker, one call after the other:
 *
 *   copied       there and, as the result, back
 *   transferred  its memory moves there; a number comes back. Each turn has an array of its own, filled before
 *   shared       there, as memory that both sides see; a number comes back
 *
 * The median of some turns, after others that warm up: memory that the system gives anew is slow for everybody. Each
 * turn writes another number into the array and looks for it in the answer. Whoever would send JSON by default is asked
 * for structured clones instead, as its documentation says.
 */
import { ProcessPoolExecutor, SharedArray } from "concurrent-futures";
import type { Peer, Pool } from "../peer.js";
import { advancedPeers, bareTransfer, ourTransfer, transferPeers } from "../peers/arrays.js";
import { bareAdvancedIpc, barePostMessage } from "../peers/bare.js";
import { threadsOneByOne } from "../peers/index.js";
import { ourProcesses, ourThreads } from "../peers/ours.js";
import { lastOfShared } from "../shared-tasks.js";
import { median } from "../statistics.js";
import {
  best,
  type Contender,
  contend,
  type Goal,
  type Metric,
  ratio,
  type Sample,
  type Workload,
} from "../workload.js";

const small = { name: "1 MiB", unit: "ms", better: "lower" } as const;
const large = { name: "64 MiB", unit: "ms", better: "lower" } as const;
const metrics = [large, small];

/** One call with the array, whose last number is `mark`; gives the number that the answer ends with. */
type Turn = (array: Float64Array<ArrayBufferLike>, mark: number) => PromiseLike<number> | number;

/** How many numbers, and how many turns. */
function sizes(quick: boolean): readonly [Metric, length: number, turns: number][] {
  return quick
    ? [
        [small, 2 ** 13, 2],
        [large, 2 ** 17, 2],
      ]
    : [
        [small, 2 ** 17, 100],
        [large, 2 ** 23, 12],
      ];
}

async function measure(
  quick: boolean,
  make: (length: number) => Float64Array<ArrayBufferLike>,
  turn: Turn,
): Promise<Sample> {
  const sample: Record<string, number> = {};
  for (const [metric, length, turns] of sizes(quick)) {
    const times: number[] = [];
    for (let i = 0; i < turns + turns / 4; i++) {
      const array = make(length);
      array[length - 1] = i;
      const start = performance.now();
      const answer = await turn(array, i);
      if (i >= turns / 4) times.push(performance.now() - start);
      if (answer !== i) throw new Error(`An array that ends with ${i} was answered with ${answer}`);
    }
    sample[metric.name] = median(times);
  }
  return sample;
}

/** The same array as long as the length is the same. */
function kept(make: (length: number) => Float64Array<ArrayBufferLike>): typeof make {
  let array: Float64Array<ArrayBufferLike> | undefined;
  return (length) => {
    if (array?.length !== length) array = make(length).fill(1);
    return array;
  };
}

const inMemory = (length: number) => new Float64Array(length).fill(1);
const inSharedMemory = (length: number) => new Float64Array(new SharedArrayBuffer(8 * length));

function contenders(
  peers: readonly Peer<Pool>[],
  task: "noop" | "last",
  maker: () => (length: number) => Float64Array<ArrayBufferLike>,
): Contender[] {
  return contend(peers, async (peer, quick) => {
    const running = await peer.start(task, 1);
    const sample = await measure(quick, maker(), async (array) => {
      const answer = await running.call(array);
      return task === "last" ? (answer as number) : ((answer as Float64Array).at(-1) ?? Number.NaN);
    });
    await running.stop();
    return sample;
  });
}

type Targets = readonly [there: Float64Array, back: Float64Array];

/** Nothing but the copies: a limit, in one process. */
function copies(name: string, settings: string, targets: (length: number) => Targets): Contender {
  return {
    name,
    kind: "processes",
    settings,
    role: "limit",
    measure: (quick) =>
      measure(quick, kept(inMemory), (array) => {
        const [there, back] = targets(array.length);
        there.set(array);
        back.set(there);
        return back.at(-1) ?? Number.NaN;
      }),
  };
}

const newTargets = (length: number): Targets => [new Float64Array(length), new Float64Array(length)];
let used: Targets | undefined;
const intoUsed = copies("two memcpys", "into memory that was used before", (length) => {
  if (used?.[0].length !== length) used = newTargets(length);
  return used;
});
/** The least for an array that nobody else has: it must be in new memory. */
const intoNew = copies("two memcpys, new memory", "into new arrays", newTargets);

/** How many times longer the fastest of them takes than ours. */
function timesFaster(says: string, ours: string, others: readonly Peer<Pool>[], limit: number): Goal {
  const names = others.map(({ name }) => name);
  return {
    says,
    measured(medians) {
      const [theirs, mine] = [best(medians, large, names), medians(ours, large.name)];
      return theirs === undefined || mine === undefined ? undefined : theirs / mine;
    },
    limit,
    kind: "at least",
  };
}

function atMost(says: string, ours: string, other: string, limit: number): Goal {
  return { says, measured: (medians) => ratio(medians, large.name, ours, other), limit, kind: "at most" };
}

const THERE_AND_BACK = "processes: 64 MiB there and back";

export const arrayCopied: Workload = {
  name: "array-copied",
  title: "A Float64Array, copied to a worker and back",
  rounds: 3,
  metrics,
  contenders: [
    ...contenders(
      [ourThreads, ...threadsOneByOne, barePostMessage, ourProcesses, ...advancedPeers, bareAdvancedIpc],
      "noop",
      () => kept(inMemory),
    ),
    intoUsed,
    intoNew,
  ],
  goals: [
    timesFaster(`${THERE_AND_BACK}, how much longer the fastest peer takes`, ourProcesses.name, advancedPeers, 5),
    timesFaster(
      `${THERE_AND_BACK}, how much longer bare IPC (advanced) takes`,
      ourProcesses.name,
      [bareAdvancedIpc],
      5,
    ),
    atMost(`${THERE_AND_BACK}, over two memcpys`, ourProcesses.name, intoUsed.name, 3),
    atMost(`${THERE_AND_BACK}, over two memcpys into new memory`, ourProcesses.name, intoNew.name, 3),
  ],
};

export const arrayTransferred: Workload = {
  name: "array-transferred",
  title: "A Float64Array, transferred to a worker; a number back",
  rounds: 3,
  metrics,
  contenders: contenders([ourTransfer, ...transferPeers, bareTransfer], "last", () => inMemory),
  goals: [atMost("threads: 64 MiB transferred, over a bare transfer", ourTransfer.name, bareTransfer.name, 1.2)],
};

/** Between processes, `SharedArray` is what there is: no peer documents a way. */
const ourSharedArray: Contender = {
  name: "ours, processes",
  kind: "processes",
  settings: "a SharedArray",
  async measure(quick) {
    const pool = new ProcessPoolExecutor({ maxWorkers: 1 });
    const shared = new Map<Float64Array, SharedArray<"float64">>();
    const make = kept((length) => {
      const memory = new SharedArray("float64", length);
      shared.set(memory.array, memory);
      return memory.array;
    });
    const sample = await measure(quick, make, async (array) => {
      const memory = shared.get(array);
      return memory === undefined ? Number.NaN : await pool.submit(lastOfShared, memory);
    });
    await pool.shutdown();
    return sample;
  },
};

export const arrayShared: Workload = {
  name: "array-shared",
  title: "A Float64Array in shared memory, passed to a worker; a number back",
  rounds: 3,
  metrics,
  contenders: [
    ...contenders([ourThreads, ...threadsOneByOne, barePostMessage], "last", () => kept(inSharedMemory)),
    ourSharedArray,
  ],
  goals: [],
};
