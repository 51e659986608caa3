/**
 * The options that every worker pool takes, and their validation.
 */

import { availableParallelism } from "node:os";
import { shapeOf, type Task } from "@concurrent-futures/core";
import { requireCount, requireDuration, requireOneOf, requireTask } from "./validate.js";

/** Options of ThreadPoolExecutor and ProcessPoolExecutor. Times are milliseconds. */
export interface WorkerPoolOptions<I extends readonly unknown[] = readonly unknown[]> {
  /** Workers at most. Default: `os.availableParallelism()`. */
  readonly maxWorkers?: number;
  /** Idle workers that stay in spite of `idleTimeout`. Default 0. */
  readonly minWorkers?: number;
  /** How long a worker may be idle before it leaves. Default: none, workers stay. */
  readonly idleTimeout?: number;
  /** Runs once in each worker before its first task; a failure breaks the pool. */
  readonly initializer?: Task<I, unknown>;
  /** Arguments of `initializer`. */
  readonly initArgs?: I;
  /** Calls after which a worker is replaced. Default: none. */
  readonly maxTasksPerWorker?: number;
  /** Async tasks that run at once on one worker's event loop. Default 1. */
  readonly tasksPerWorker?: number;
  /** `"replace"` (default): a crash takes down only what the worker had started. `"break"`: it breaks the pool. */
  readonly onWorkerCrash?: "replace" | "break";
  /** Runs in each worker that leaves in peace. */
  readonly finalizer?: Task<[], unknown>;
  /** Bytes of memory above which a worker is replaced between tasks: its heap in a thread, all it has in a process. */
  readonly maxMemoryPerWorker?: number;
  /**
   * Calls that may wait; above it the future of `submit` rejects with `QueueFullError`. Default: no limit.
   * What `map` submits is bounded by itself and always let in.
   */
  readonly maxQueue?: number;
  /** How long an aborted task may go on before its worker is killed and replaced. Default 1000. */
  readonly abortGrace?: number;
}

/** The options with their defaults. */
export interface PoolSettings {
  readonly maxWorkers: number;
  readonly minWorkers: number;
  readonly idleTimeout: number;
  readonly initializer: Task<readonly unknown[], unknown> | undefined;
  readonly initArgs: readonly unknown[];
  readonly maxTasksPerWorker: number;
  readonly tasksPerWorker: number;
  readonly onWorkerCrash: "replace" | "break";
  readonly finalizer: Task<readonly unknown[], unknown> | undefined;
  readonly finalArgs: readonly unknown[];
  readonly maxMemoryPerWorker: number;
  readonly maxQueue: number;
  readonly abortGrace: number;
}

/**
 * Validates options and fills in the defaults.
 * @throws {TypeError | RangeError} naming the option, what was expected, and the value
 */
export function resolveOptions<I extends readonly unknown[]>(options: WorkerPoolOptions<I>): PoolSettings {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected the options to be an object, got ${String(options)}`);
  }
  const maxWorkers = requireCount("maxWorkers", options.maxWorkers, 1) ?? availableParallelism();
  const minWorkers = requireCount("minWorkers", options.minWorkers, 0) ?? 0;
  if (minWorkers > maxWorkers) {
    throw new RangeError(`Expected \`minWorkers\` to be at most \`maxWorkers\` (${maxWorkers}), got ${minWorkers}`);
  }
  if (options.initArgs !== undefined && !Array.isArray(options.initArgs)) {
    throw new TypeError(`Expected \`initArgs\` to be an array, got ${typeof options.initArgs}`);
  }
  const [initializer, initArgs] = hook("initializer", options.initializer, options.initArgs ?? []);
  const [finalizer, finalArgs] = hook("finalizer", options.finalizer, []);
  return {
    maxWorkers,
    minWorkers,
    idleTimeout: requireDuration("idleTimeout", options.idleTimeout) ?? Number.POSITIVE_INFINITY,
    initializer,
    initArgs,
    maxTasksPerWorker: requireCount("maxTasksPerWorker", options.maxTasksPerWorker, 1) ?? Number.POSITIVE_INFINITY,
    tasksPerWorker: requireCount("tasksPerWorker", options.tasksPerWorker, 1) ?? 1,
    onWorkerCrash: requireOneOf("onWorkerCrash", options.onWorkerCrash, ["replace", "break"] as const) ?? "replace",
    finalizer,
    finalArgs,
    maxMemoryPerWorker: requireCount("maxMemoryPerWorker", options.maxMemoryPerWorker, 1) ?? Number.POSITIVE_INFINITY,
    maxQueue: requireCount("maxQueue", options.maxQueue, 0) ?? Number.POSITIVE_INFINITY,
    abortGrace: requireDuration("abortGrace", options.abortGrace) ?? 1000,
  };
}

type AnyHook = Task<readonly unknown[], unknown> | undefined;

/** An initializer or finalizer and its arguments, which those bound by `partial` lead. */
function hook<A extends readonly unknown[]>(
  name: string,
  value: Task<A, unknown> | undefined,
  args: readonly unknown[],
): [task: AnyHook, args: readonly unknown[]] {
  let task = requireTask(name, value);
  let all = args;
  for (let shape = task && shapeOf(task); shape?.kind === "partial"; shape = task && shapeOf(task)) {
    all = [...shape.args, ...all];
    task = shape.task as AnyHook;
  }
  return [task, all];
}
