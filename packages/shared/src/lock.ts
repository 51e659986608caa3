/**
 * Lock: mutual exclusion between tasks, threads and processes.
 *
 *   word    OWNER                                         HEIR                     FREED
 *           0 free, -1 free, last holder died,            party + 1 that has       when it was last released
 *           party + 1 held                                waited long, or 0        with an heir, ms
 *
 * X1  OWNER changes by compare-exchange only: one gets it. It names the holder in the same word, so a holder that dies
 *     at any moment is known (bury).
 * X2  Somebody who has waited for more than 1 ms names itself HEIR. A free lock is left to its heir for 20 ms: without
 *     that, a loop that releases and acquires at once would keep everybody else out, since being woken takes longer.
 *     The limit is for heirs that are busy, or died.
 */
import { deserialize, serialize } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState, requireBlock } from "./block.js";
import { NotHeldError } from "./errors.js";
import { Guard } from "./guard.js";
import type { Parking, SyncWaitOptions, WaitOptions } from "./parking.js";

const OWNER = 0;
const HEIR = 1;
const FREED = 2;
const ABANDONED = -1;

const PATIENCE_MS = 1;
const RESERVED_MS = 20;

/** What an attempt to acquire it does, given how to take it if it is free. */
type Via = (take: () => Guard | undefined) => Guard | undefined;

const takeAsItIs: Via = (take) => take();

/**
 * A lock that threads and processes share. It is not reentrant: whoever holds it and acquires it again waits for ever;
 * see RLock.
 *
 * ```ts
 * using guard = await lock.acquire(); // released at the end of the block, also when it throws
 * ```
 *
 * It can be passed to tasks, threads and processes, in arguments, in `initArgs` and in results. A holder that dies does not keep it.
 * Semantics: multiprocessing.Lock, Python 3.14.
 */
export class Lock {
  readonly #block: Block;
  readonly #words: Int32Array;
  readonly #parking: Parking;
  #acquisitions = 0; // of this thread so far
  #acquisition = 0; // which of them is in force, or 0: tells a guard whether what it got is still what is held

  /** @param block internal: the memory of an object that has this lock */
  constructor(block?: Block) {
    this.#block = requireBlock(block) ?? Block.create(0);
    this.#words = this.#block.words;
    this.#parking = this.#block.parking;
    this.#parking.onDeath((party) => this.#bury(party));
    this.#block.object("Lock", () => this);
  }

  /** The lock in an object's memory; the same one each time. Internal. */
  static of(block: Block): Lock {
    return block.object("Lock", () => new Lock(block));
  }

  /**
   * Waits until the lock is free and takes it.
   *
   * @returns a guard for `using`: disposing of it releases the lock. Its `abandoned` is true when the last holder died
   * @throws {TimeoutError} (rejection, `ERR_TIMEOUT`) it was not free within `timeout` ms
   * @throws {unknown} (rejection) the reason of `signal`
   * @throws {TypeError | RangeError} an option is wrong
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    const guard = options === undefined && this.#parking.idle ? this.#take() : undefined;
    return guard === undefined ? this.acquireVia(takeAsItIs, options) : Promise.resolve(guard);
  }

  /**
   * The same, blocking this thread: for synchronous tasks. A holder on this very thread cannot go on meanwhile.
   *
   * @throws {TimeoutError} (`ERR_TIMEOUT`) it was not free within `timeout` ms
   * @throws {TypeError | RangeError} an option is wrong
   */
  acquireSync(options?: SyncWaitOptions): Guard {
    const guard = options === undefined ? this.#take() : undefined;
    return guard ?? this.acquireSyncVia(takeAsItIs, options);
  }

  /**
   * Releases the lock, whoever acquired it. A guard does so by itself.
   * @throws {NotHeldError} (`ERR_NOT_HELD`) nobody holds it
   */
  release(): void {
    const owner = Atomics.load(this.#words, OWNER);
    if (owner <= 0) throw new NotHeldError("This lock is not held, so it cannot be released");
    this.#give(owner);
  }

  /** Whether anybody holds it. */
  locked(): boolean {
    return Atomics.load(this.#words, OWNER) > 0;
  }

  /** Acquires it in a way of the caller's. Internal: for RLock. */
  acquireVia(via: Via, options: WaitOptions | undefined): Promise<Guard> {
    const waiting = this.#parking.wait(this.#attempt(via), options);
    if (options === undefined) return waiting;
    return waiting.catch((error) => {
      this.#withdraw();
      throw error;
    });
  }

  /** The same, blocking this thread. */
  acquireSyncVia(via: Via, options: SyncWaitOptions | undefined): Guard {
    try {
      return this.#parking.waitSync(this.#attempt(via), options);
    } catch (error) {
      this.#withdraw();
      throw error;
    }
  }

  /** Whether this thread holds it. Internal: for Condition. */
  isHeldHere(): boolean {
    return Atomics.load(this.#words, OWNER) === this.#parking.me + 1;
  }

  /** Releases it for a while; returns what `resume` wants. Internal: for Condition. */
  suspend(): number {
    const acquisition = this.#acquisition;
    this.release();
    return acquisition;
  }

  /** Acquires it again, for the guard that had it before `suspend`. Internal: for Condition. */
  async resume(suspended: number): Promise<void> {
    await this.acquire();
    this.#acquisition = suspended;
  }

  /** The same, blocking this thread. */
  resumeSync(suspended: number): void {
    this.acquireSync();
    this.#acquisition = suspended;
  }

  [serialize](): BlockState {
    return this.#block.toState();
  }
  static [deserialize](state: unknown): Lock {
    return Lock.of(Block.fromState(state, "Lock"));
  }

  #take(): Guard | undefined {
    const words = this.#words;
    const mine = this.#parking.me + 1;
    const heir = Atomics.load(words, HEIR);
    if (heir !== 0 && heir !== mine && this.#isReserved()) return undefined; // X2
    const owner = Atomics.compareExchange(words, OWNER, 0, mine);
    if (owner > 0) return undefined;
    const abandoned = owner === ABANDONED;
    if (abandoned && Atomics.compareExchange(words, OWNER, ABANDONED, mine) !== ABANDONED) return undefined;
    if (heir !== 0) Atomics.compareExchange(words, HEIR, heir, 0); // its time is over, or it has come
    this.#acquisitions += 1;
    this.#acquisition = this.#acquisitions;
    return new Guard(this.#giveBack, abandoned, this.#acquisition);
  }

  /** For a guard. The lock may have been released by hand, and be somebody else's by now. */
  readonly #giveBack = (acquisition: number): void => {
    const mine = this.#parking.me + 1;
    if (acquisition === this.#acquisition && Atomics.load(this.#words, OWNER) === mine) this.#give(mine);
  };

  /** Takes the lock; becomes its heir when that takes long. */
  #attempt(via: Via): () => Guard | undefined {
    const impatientAt = performance.now() + PATIENCE_MS;
    const take = () => this.#take();
    return () => {
      const guard = via(take);
      if (guard === undefined && performance.now() > impatientAt) this.#inherit();
      return guard;
    };
  }

  #inherit(): void {
    const heir = Atomics.load(this.#words, HEIR);
    if (heir !== 0 && this.#isReserved()) return;
    if (Atomics.compareExchange(this.#words, HEIR, heir, this.#parking.me + 1) === heir) this.#noteTime();
  }

  /** After giving up: nobody need wait for this heir. */
  #withdraw(): void {
    const mine = this.#parking.me + 1;
    if (!this.#parking.idle || Atomics.compareExchange(this.#words, HEIR, mine, 0) !== mine) return;
    this.#parking.wake();
  }

  #give(owner: number): void {
    this.#acquisition = 0;
    if (Atomics.load(this.#words, HEIR) !== 0) this.#noteTime();
    if (Atomics.compareExchange(this.#words, OWNER, owner, 0) === owner) this.#parking.wake();
  }

  #noteTime(): void {
    Atomics.store(this.#words, FREED, Date.now() | 0);
  }

  #isReserved(): boolean {
    const ago = ((Date.now() | 0) - Atomics.load(this.#words, FREED)) | 0;
    return ago >= 0 && ago < RESERVED_MS;
  }

  #bury(party: number): void {
    Atomics.compareExchange(this.#words, HEIR, party + 1, 0);
    if (Atomics.compareExchange(this.#words, OWNER, party + 1, ABANDONED) === party + 1) this.#parking.wake();
  }
}

declareClass(Lock, import.meta.url, "Lock");
