/**
 * BoundedSemaphore: a Semaphore that notices when more is released than was acquired.
 */
import { deserialize } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block } from "./block.js";
import { MOST_PERMITS, Permits } from "./permits.js";
import { newPermits, Semaphore } from "./semaphore.js";
import { checkInteger } from "./validate.js";

/**
 * A Semaphore whose `release()` refuses, with NotHeldError, to make its `value` larger than it was at the start.
 *
 * Semantics: multiprocessing.BoundedSemaphore, Python 3.14 (there: ValueError).
 */
export class BoundedSemaphore extends Semaphore {
  /**
   * @param value  permits at the start, and the most there can be
   * @param permits  internal
   * @throws {TypeError | RangeError} `value` is not an integer from 0 to 2147483647
   */
  constructor(value: number = 1, permits?: Permits) {
    const own = permits instanceof Permits ? permits : newPermits(checkInteger("value", value, 0, MOST_PERMITS), true);
    super(value, own);
  }

  static override [deserialize](state: unknown): BoundedSemaphore {
    const block = Block.fromState(state, "BoundedSemaphore");
    return block.object("Semaphore", () => new BoundedSemaphore(0, new Permits(block, true)));
  }
}

declareClass(BoundedSemaphore, import.meta.url, "BoundedSemaphore");
