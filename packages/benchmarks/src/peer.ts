/** A peer is a way of running tasks elsewhere: this project, another library, or a bare loop over messages. */
import type { TaskName } from "./tasks.js";

/** Several workers that run one task. */
export interface Started {
  stop(): Promise<void>;
}

export interface Running extends Started {
  /** Runs the task `count` times, all submitted at once or never more than `inFlight`, and waits for every result. */
  flood(count: number, argument: unknown, inFlight?: number): Promise<void>;
}

/** Also gives each call's own result. */
export interface Pool extends Running {
  /** The argument is what JSON can carry, or what structured clone can, as the workload says. */
  call(argument: unknown): PromiseLike<unknown>;
}

export interface Mapper extends Started {
  /** Maps the no-op task over the numbers 0, 1, 2, ... and checks that their sum comes out. */
  map(numbers: readonly number[]): Promise<void>;
}

/** Throws unless the sum is that of the numbers 0, 1, 2, ... below `count`. */
export function checkSum(sum: number, count: number): void {
  if (sum !== (count * (count - 1)) / 2) throw new Error(`Mapping ${count} numbers gave a wrong sum: ${sum}`);
}

export interface Peer<R extends Started> {
  /** What tables call it. */
  readonly name: string;
  /** Compared with its own kind: a call to a process costs more than one to a thread. */
  readonly kind: "threads" | "processes";
  /** How it is set up, where that is not its default. */
  readonly settings: string;
  /** Why it is left out on this machine and Node version, where it is. */
  readonly cannotRun?: string | undefined;
  /** What share of a workload's count it is given, so that a slow one does not take minutes; all by default. */
  readonly scale?: number;
  start(task: TaskName, workers: number): Promise<R>;
}

/** For who takes more than some seconds for what ours are given: enough calls for the same figure, in less time. */
export const SLOWER = 0.2;

/** How many of `count` calls the peer is given. */
export function scaled(count: number, { scale = 1 }: Pick<Peer<Started>, "scale">): number {
  return Math.ceil(count * scale);
}

/** A pool, given how it is called. */
export function poolOf(call: Pool["call"], stop: Pool["stop"]): Pool {
  return {
    call,
    stop,
    flood: (count, argument, inFlight) =>
      inFlight === undefined
        ? floodByCalls(call, count, argument)
        : floodInFlight(call, count, argument, Math.min(count, inFlight)),
  };
}

/** How a user of promises submits many calls. */
export async function floodByCalls(call: Pool["call"], count: number, argument: unknown): Promise<void> {
  const calls = new Array<PromiseLike<unknown>>(count);
  for (let i = 0; i < count; i++) calls[i] = call(argument);
  await Promise.all(calls);
}

/** How a user of promises keeps some calls in flight: as many loops, each with one call at a time. */
async function floodInFlight(call: Pool["call"], count: number, argument: unknown, inFlight: number): Promise<void> {
  let left = count;
  const loop = async () => {
    while (left-- > 0) await call(argument);
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
}
