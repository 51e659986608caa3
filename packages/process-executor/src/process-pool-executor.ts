/**
 * ProcessPoolExecutor: a pool of worker processes.
 */
import { BrokenProcessPoolError } from "@concurrent-futures/core";
import { WorkerPoolExecutor } from "@concurrent-futures/worker-pool";
import { type ProcessPoolOptions, resolveProcessOptions } from "./process-options.js";
import { ProcessTransport } from "./process-transport.js";

/**
 * Runs calls in processes, which start on demand.
 *
 * ```ts
 * await using pool = new ProcessPoolExecutor({ maxWorkers: 4 });
 * console.log(await pool.map(isPrime, [112272535095293, 115280095190773]));
 * ```
 *
 * A worker that dies takes down nothing but the calls that it ran. No worker outlives its parent.
 * Semantics: concurrent.futures.ProcessPoolExecutor, Python 3.14, with its "spawn" start method.
 */
export class ProcessPoolExecutor<I extends readonly unknown[] = readonly unknown[]> extends WorkerPoolExecutor<I> {
  /**
   * @throws {TypeError | RangeError} naming the option that is wrong
   * @throws {Error} `permission` is given and this Node has no permission model
   */
  constructor(options: ProcessPoolOptions<I> = {}) {
    const { spawn, outputs } = resolveProcessOptions(options ?? {});
    super(new ProcessTransport(spawn, outputs, options?.permission === undefined), options, BrokenProcessPoolError);
  }
}
