/** What INIT and TASK carry. Plain values, so that they travel like arguments. */
import type { TaskDescriptor } from "./references/index.js";

export interface WorkerInit {
  readonly workerId: number;
  /** How many workers are around this one, itself included. */
  readonly depth: number;
  readonly tasksPerWorker: number;
  /** Bytes; Infinity for no limit. */
  readonly maxMemory: number;
  readonly initializer: TaskDescriptor | undefined;
  readonly initArgs: readonly unknown[];
  readonly finalizer: TaskDescriptor | undefined;
  readonly finalArgs: readonly unknown[];
}

export interface TaskDefinition {
  readonly descriptor: TaskDescriptor;
  readonly name: string;
}
