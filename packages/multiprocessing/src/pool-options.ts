/**
 * The options of a Pool, and their validation.
 */
import type { Task } from "@concurrent-futures/core";
import type { ProcessPoolOptions } from "@concurrent-futures/process-executor";
import { requireCount, requireTask } from "@concurrent-futures/worker-pool";
import { cpuCount } from "./cpu-count.js";
import { requireArguments } from "./process-options.js";
import { requireOptions } from "./validate.js";

/** Options of Pool. */
export interface PoolOptions<I extends readonly unknown[] = readonly unknown[]> {
  /** Worker processes at most; they start when there is work. Default: `cpuCount()`. */
  readonly processes?: number;
  /** Runs once in each worker before its first call; a failure breaks the pool. */
  readonly initializer?: Task<I, unknown>;
  /** Arguments of `initializer`. */
  readonly initArgs?: Readonly<I>;
  /** Calls after which a worker is replaced. Default: none. */
  readonly maxTasksPerChild?: number;
}

const NAMES = ["processes", "initializer", "initArgs", "maxTasksPerChild"] as const;

/**
 * What the options mean for a ProcessPoolExecutor.
 * @throws {TypeError | RangeError} naming the option, what was expected, and the value
 */
export function executorOptions(options: unknown): ProcessPoolOptions & { readonly maxWorkers: number } {
  const given = requireOptions(options, NAMES);
  const maxWorkers = requireCount("processes", given.processes, 1) ?? cpuCount();
  if (maxWorkers === Number.POSITIVE_INFINITY) throw new RangeError("Expected `processes` to be finite, got Infinity");
  const initializer = requireTask("initializer", given.initializer as Task<readonly unknown[], unknown> | undefined);
  const initArgs = requireArguments("initArgs", given.initArgs);
  const maxTasksPerWorker = requireCount("maxTasksPerChild", given.maxTasksPerChild, 1);
  return {
    maxWorkers,
    initArgs,
    ...(initializer !== undefined && { initializer }),
    ...(maxTasksPerWorker !== undefined && { maxTasksPerWorker }),
  };
}
