/** A peer is a way of running tasks elsewhere: this project, another library, or a bare loop over messages. */
import type { TaskName } from "./tasks.js";

/** Several workers that run one task. */
export interface Running {
  /** Runs the task `count` times, all submitted at once, and waits for every result. */
  flood(count: number, argument: number): Promise<void>;
  stop(): Promise<void>;
}

/** Also gives each call's own result. */
export interface Pool extends Running {
  call(argument: number): PromiseLike<unknown>;
}

/** Also maps the task over the numbers 0, 1, 2, ... */
export interface Mapper extends Running {
  map(count: number): Promise<void>;
}

export interface Peer<R extends Running> {
  /** What tables call it. */
  readonly name: string;
  /** Compared with its own kind: a call to a process costs more than one to a thread. */
  readonly kind: "threads" | "processes";
  /** How it is set up, where that is not its default. */
  readonly settings: string;
  start(task: TaskName, workers: number): Promise<R>;
}

/** How a user of promises submits many calls. */
export async function floodByCalls(call: Pool["call"], count: number, argument: number): Promise<void> {
  const calls = new Array<PromiseLike<unknown>>(count);
  for (let i = 0; i < count; i++) calls[i] = call(argument);
  await Promise.all(calls);
}
