/**
 * ThreadPoolExecutor: a pool of worker threads.
 */

import { inspect } from "node:util";
import { type ResourceLimits, SHARE_ENV } from "node:worker_threads";
import { BrokenThreadPoolError } from "@concurrent-futures/core";
import {
  requireEnvironment,
  requireOutput,
  requireStrings,
  type WorkerOutput,
  WorkerPoolExecutor,
  type WorkerPoolOptions,
  workerExecArgv,
} from "@concurrent-futures/worker-pool";
import { ThreadTransport } from "./thread-transport.js";

/** Options of ThreadPoolExecutor. */
export interface ThreadPoolOptions<I extends readonly unknown[] = readonly unknown[]> extends WorkerPoolOptions<I> {
  /** Limits of each thread's JavaScript engine, such as `maxOldGenerationSizeMb`. */
  readonly resourceLimits?: ResourceLimits;
  /** Threads are named with this and their number. Default: `"ThreadPoolExecutor-<n>_"`. */
  readonly threadNamePrefix?: string;
  /** The threads' `process.env`. Default: a copy of the parent's. */
  readonly env?: NodeJS.ProcessEnv | typeof SHARE_ENV;
  /** Node options of the threads. Default: the parent's. */
  readonly execArgv?: readonly string[];
  /** Appended to the threads' `process.argv`. */
  readonly argv?: readonly string[];
  /** Where the threads' stdout goes. Default: the parent's. */
  readonly stdout?: WorkerOutput;
  /** Where the threads' stderr goes; the end of it is kept for crash errors. Default: the parent's. */
  readonly stderr?: WorkerOutput;
}

let pools = 0;

/**
 * Runs calls in worker threads, which start on demand.
 *
 * ```ts
 * await using pool = new ThreadPoolExecutor({ maxWorkers: 4 });
 * const future = pool.submit(fibonacci, 35);
 * console.log(await future);
 * ```
 *
 * Semantics: concurrent.futures.ThreadPoolExecutor, Python 3.14, except that threads share no variables.
 */
export class ThreadPoolExecutor<I extends readonly unknown[] = readonly unknown[]> extends WorkerPoolExecutor<I> {
  /**
   * @throws {TypeError | RangeError} naming the option that is wrong
   */
  constructor(options: ThreadPoolOptions<I> = {}) {
    if (options === null) throw new TypeError("Expected the options to be an object, got null");
    const { resourceLimits, env, execArgv, argv, threadNamePrefix, stdout, stderr } = options;
    if (threadNamePrefix !== undefined && typeof threadNamePrefix !== "string") {
      throw new TypeError(`Expected \`threadNamePrefix\` to be a string, got ${String(threadNamePrefix)}`);
    }
    pools += 1;
    const transport = new ThreadTransport({
      namePrefix: threadNamePrefix ?? `ThreadPoolExecutor-${pools}_`,
      resourceLimits: requireLimits(resourceLimits),
      env: env === SHARE_ENV ? env : requireEnvironment(env as NodeJS.ProcessEnv | undefined),
      execArgv: workerExecArgv(requireStrings("execArgv", execArgv), "thread"),
      argv: requireStrings("argv", argv),
      stdout: requireOutput("stdout", stdout),
      stderr: requireOutput("stderr", stderr),
    });
    super(transport, options, BrokenThreadPoolError);
  }
}

/** Node would ignore what is no number, and the limit with it. */
function requireLimits(limits: ResourceLimits | undefined): ResourceLimits | undefined {
  if (limits === undefined) return undefined;
  if (typeof limits !== "object" || limits === null) {
    throw new TypeError(`Expected \`resourceLimits\` to be an object, got ${inspect(limits)}`);
  }
  for (const [name, value] of Object.entries(limits)) {
    if (value === undefined || typeof value === "number") continue;
    throw new TypeError(`Expected \`resourceLimits.${name}\` to be a number, got ${inspect(value)}`);
  }
  return limits;
}
