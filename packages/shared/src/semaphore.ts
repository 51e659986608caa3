/**
 * Semaphore: so many may pass. The counting, and what deaths give back: permits.ts.
 */
import { deserialize, serialize } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState } from "./block.js";
import { Guard } from "./guard.js";
import type { SyncWaitOptions, WaitOptions } from "./parking.js";
import { MOST_PERMITS, PERMIT_BYTES, Permits } from "./permits.js";
import { checkInteger } from "./validate.js";

/**
 * A number of permits that threads and processes share: `acquire()` takes one, and waits while there is none.
 *
 * ```ts
 * using permit = await semaphore.acquire(); // given back at the end of the block, also when it throws
 * ```
 *
 * It can be passed to tasks, threads and processes, in arguments, in `initArgs` and in results. What a thread or
 * process holds when it dies comes back, as long as there are then no more permits than at the start.
 * Semantics: multiprocessing.Semaphore, Python 3.14.
 * Differs (D-56): `value` for get_value(); what the dead held comes back.
 */
export class Semaphore {
  readonly #permits: Permits;

  /**
   * @param value  permits at the start; 0 for one that is only ever signalled
   * @param permits  internal
   * @throws {TypeError | RangeError} `value` is not an integer from 0 to 2147483647
   */
  constructor(value: number = 1, permits?: Permits) {
    if (permits instanceof Permits) {
      this.#permits = permits;
    } else {
      checkInteger("value", value, 0, MOST_PERMITS);
      this.#permits = newPermits(value, false);
    }
    this.#permits.block.object("Semaphore", () => this);
  }

  /** How many permits can be taken now; others may take or release some at any time. Python: get_value(). */
  get value(): number {
    return this.#permits.value;
  }

  /**
   * Waits until there is a permit and takes it.
   *
   * @returns a guard for `using`: disposing of it releases the permit. Its `abandoned` is true when the permit came
   *   back because its last holder died
   * @throws {TimeoutError} (rejection, `ERR_TIMEOUT`) there was none within `timeout` ms
   * @throws {unknown} (rejection) the reason of `signal`
   * @throws {TypeError | RangeError} an option is wrong
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.#permits.block.parking.wait(this.#take, options);
  }

  /**
   * The same, blocking this thread: for synchronous tasks. What runs on this very thread cannot release meanwhile.
   *
   * @throws {TimeoutError} (`ERR_TIMEOUT`) there was none within `timeout` ms
   * @throws {TypeError | RangeError} an option is wrong
   */
  acquireSync(options?: SyncWaitOptions): Guard {
    return this.#permits.block.parking.waitSync(this.#take, options);
  }

  /**
   * Releases permits, whoever acquired them, or adds some. A guard does so by itself.
   *
   * @param n  how many
   * @throws {TypeError | RangeError} `n` is not an integer of at least 1, or there were more than 2147483647 permits
   * @throws {NotHeldError} (`ERR_NOT_HELD`) a BoundedSemaphore would have more than at the start; it releases none then
   */
  release(n: number = 1): void {
    this.#permits.give(checkInteger("n", n, 1, MOST_PERMITS));
  }

  [serialize](): BlockState {
    return this.#permits.block.toState();
  }
  static [deserialize](state: unknown): Semaphore {
    const block = Block.fromState(state, "Semaphore");
    return block.object("Semaphore", () => new Semaphore(0, new Permits(block, false)));
  }

  readonly #take = (): Guard | undefined => {
    const taken = this.#permits.take();
    return taken && new Guard(() => this.release(), taken.abandoned);
  };
}

/** Those of a new semaphore. */
export function newPermits(value: number, bounded: boolean): Permits {
  const permits = new Permits(Block.create(PERMIT_BYTES), bounded);
  permits.start(value);
  return permits;
}

declareClass(Semaphore, import.meta.url, "Semaphore");
