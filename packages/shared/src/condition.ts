/**
 * Condition: waiting, under a lock, for something that others bring about under the same lock.
 *
 *   holds the lock ──wait──► waits, without the lock ──called / time is up / aborted──► acquires it again ──► returns
 *
 * N1  Who waits takes its place (calls.ts) before it releases the lock, so no notify() that comes after is missed.
 * N2  However the wait ends, the lock is held again when it returns, as often as before, and the guards of before
 *     release it.
 * N3  The place of one that was called is given up once it holds the lock: one killed before swallows no call (C2).
 */

import { inspect } from "node:util";
import { deserialize, serialize } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState } from "./block.js";
import { CALL_BYTES, Calls, type Place } from "./calls.js";
import { NotHeldError } from "./errors.js";
import type { Guard } from "./guard.js";
import { checkWaitOptions, isTimeUp } from "./limits.js";
import { Lock } from "./lock.js";
import type { SyncWaitOptions, WaitOptions } from "./parking.js";
import { RLock } from "./rlock.js";
import { checkInteger, checkTimeout } from "./validate.js";

/** What a condition wants of its lock. */
interface ConditionLock {
  acquire(options?: WaitOptions): Promise<Guard>;
  acquireSync(options?: SyncWaitOptions): Guard;
  release(): void;
  locked(): boolean;
  isHeldHere(): boolean;
  /** Releases it, however often it was acquired; returns what resume wants. */
  suspend(): unknown;
  resume(suspended: unknown): Promise<void>;
  resumeSync(suspended: unknown): void;
}

/**
 * A condition that threads and processes wait for, and notify each other of, while they hold its lock.
 *
 * ```ts
 * using guard = await condition.acquire();
 * await condition.waitFor(() => total.value >= 10);
 * ```
 *
 * It can be passed to tasks, threads and processes, in arguments, in `initArgs` and in results; its lock goes with it.
 * Where a thread dies between being notified and holding the lock again, another that waits is notified instead.
 * Semantics: multiprocessing.Condition, Python 3.14.
 * Differs (D-34): its own lock is a Lock, not an RLock.
 */
export class Condition {
  readonly #block: Block;
  readonly #calls: Calls;
  readonly #given: Lock | RLock;
  readonly #lock: ConditionLock;

  /**
   * @param lock  the lock to hold, which several conditions may have; default: one of its own
   * @param block  internal
   * @throws {TypeError} `lock` is neither a Lock nor an RLock
   */
  constructor(lock: Lock | RLock = new Lock(), block?: Block) {
    if (!(lock instanceof Lock || lock instanceof RLock)) {
      throw new TypeError(`Expected \`lock\` to be a Lock or an RLock, got ${inspect(lock)}`);
    }
    this.#given = lock;
    this.#lock = lock as ConditionLock;
    this.#block = block instanceof Block ? block : Block.create(CALL_BYTES);
    this.#calls = new Calls(this.#block);
    this.#block.object("Condition", () => this);
  }

  /**
   * Acquires the lock.
   *
   * @returns a guard for `using`: disposing of it releases the lock. Its `abandoned` is true when the last holder died
   * @throws {TimeoutError} (rejection, `ERR_TIMEOUT`) it was not free within `timeout` ms
   * @throws {unknown} (rejection) the reason of `signal`
   * @throws {TypeError | RangeError} an option is wrong
   */
  acquire(options?: WaitOptions): Promise<Guard> {
    return this.#lock.acquire(options);
  }

  /**
   * The same, blocking this thread: for synchronous tasks.
   *
   * @throws {TimeoutError} (`ERR_TIMEOUT`) it was not free within `timeout` ms
   * @throws {TypeError | RangeError} an option is wrong
   */
  acquireSync(options?: SyncWaitOptions): Guard {
    return this.#lock.acquireSync(options);
  }

  /**
   * Releases the lock. A guard does so by itself.
   * @throws {NotHeldError} (`ERR_NOT_HELD`) it is not held
   */
  release(): void {
    this.#lock.release();
  }

  /** Whether anybody holds the lock. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /**
   * Releases the lock, waits to be notified, and acquires the lock again, however long that takes.
   *
   * @returns true; false when there was no notification within `timeout` ms
   * @throws {NotHeldError} (rejection, `ERR_NOT_HELD`) this thread does not hold the lock
   * @throws {unknown} (rejection) the reason of `signal`; the lock is held then, too
   * @throws {TypeError | RangeError} an option is wrong
   */
  wait(options?: WaitOptions): Promise<boolean> {
    checkWaitOptions(options);
    return this.#wait(options);
  }

  /**
   * The same, blocking this thread: for synchronous tasks.
   *
   * @returns true; false when there was no notification within `timeout` ms
   * @throws {NotHeldError} (`ERR_NOT_HELD`) this thread does not hold the lock
   * @throws {TypeError | RangeError} an option is wrong
   */
  waitSync(options?: SyncWaitOptions): boolean {
    checkWaitOptions(options);
    const { place, suspended } = this.#enter("wait");
    let outcome: Outcome = CALLED;
    try {
      this.#block.parking.waitSync(() => this.#calls.isCalled(place) || undefined, options);
    } catch (error) {
      outcome = this.#giveUp(place, error, options);
    }
    this.#lock.resumeSync(suspended);
    return this.#end(place, outcome);
  }

  /**
   * Waits until `predicate` gives something truthy. It is called while the lock is held: at first, and after each
   * notification.
   *
   * @param predicate  may be async; the lock stays held meanwhile
   * @returns what `predicate` gave last, which is falsy when `timeout` ms have passed
   * @throws {NotHeldError} (rejection, `ERR_NOT_HELD`) this thread does not hold the lock
   * @throws {unknown} (rejection) what `predicate` threw, or the reason of `signal`; the lock is held then, too
   * @throws {TypeError | RangeError} an argument is wrong
   */
  waitFor<T>(predicate: () => T, options?: WaitOptions): Promise<Awaited<T>> {
    checkPredicate(predicate);
    checkWaitOptions(options);
    return this.#waitFor(predicate, options);
  }

  /**
   * The same, blocking this thread: for synchronous tasks.
   *
   * @param predicate  synchronous
   * @returns what `predicate` gave last, which is falsy when `timeout` ms have passed
   * @throws {NotHeldError} (`ERR_NOT_HELD`) this thread does not hold the lock
   * @throws {TypeError | RangeError} an argument is wrong, or `predicate` gave a promise
   */
  waitForSync<T>(predicate: () => T, options?: SyncWaitOptions): T {
    checkPredicate(predicate);
    checkWaitOptions(options);
    this.#requireLock("wait");
    const end = endOf(options);
    for (;;) {
      const result = predicate();
      if (typeof (result as { then?: unknown } | null | undefined)?.then === "function") {
        throw new TypeError("Expected `predicate` to be synchronous, but it gave a promise: use waitFor()");
      }
      const timeout = end - performance.now();
      if (result || timeout <= 0) return result;
      this.waitSync({ timeout });
    }
  }

  /**
   * Notifies some of those who wait, those first who have waited longest. They go on once the lock is free.
   *
   * @param n  how many
   * @throws {NotHeldError} (`ERR_NOT_HELD`) this thread does not hold the lock
   * @throws {TypeError | RangeError} `n` is not an integer of at least 0
   */
  notify(n: number = 1): void {
    checkInteger("n", n, 0, Number.MAX_SAFE_INTEGER);
    this.#requireLock("notify");
    this.#calls.call(n);
  }

  /**
   * Notifies all who wait.
   * @throws {NotHeldError} (`ERR_NOT_HELD`) this thread does not hold the lock
   */
  notifyAll(): void {
    this.#requireLock("notify");
    this.#calls.call(Number.POSITIVE_INFINITY);
  }

  [serialize](): ConditionState {
    return { block: this.#block.toState(), lock: this.#given };
  }
  static [deserialize]({ block: state, lock }: ConditionState): Condition {
    const block = Block.fromState(state, "Condition");
    return block.object("Condition", () => new Condition(lock, block));
  }

  async #wait(options: WaitOptions | undefined): Promise<boolean> {
    if (options?.signal?.aborted) throw options.signal.reason;
    const { place, suspended } = this.#enter("wait");
    let outcome: Outcome = CALLED;
    try {
      await this.#block.parking.wait(() => this.#calls.isCalled(place) || undefined, options);
    } catch (error) {
      outcome = this.#giveUp(place, error, options);
    }
    await this.#lock.resume(suspended); // N2
    return this.#end(place, outcome);
  }

  async #waitFor<T>(predicate: () => T, options: WaitOptions | undefined): Promise<Awaited<T>> {
    this.#requireLock("wait");
    const end = endOf(options);
    for (;;) {
      const result = await predicate();
      const timeout = end - performance.now();
      if (result || timeout <= 0) return result;
      await this.#wait({ ...options, timeout });
    }
  }

  /** N1 */
  #enter(what: string): { readonly place: Place; readonly suspended: unknown } {
    this.#requireLock(what);
    const place = this.#calls.enter();
    try {
      return { place, suspended: this.#lock.suspend() };
    } catch (error) {
      this.#calls.leave(place); // somebody else has just released the lock by hand
      throw error;
    }
  }

  /** What a wait comes to that ended with an error; it may have been called just before. */
  #giveUp(place: Place, error: unknown, options: WaitOptions | undefined): Outcome {
    const timeUp = isTimeUp(error, options);
    if (this.#calls.leave(place)) return timeUp ? TIME_UP : { error };
    if (timeUp) return CALLED;
    this.#calls.passOn(place.at);
    return { error };
  }

  #end(place: Place, outcome: Outcome): boolean {
    if (outcome === TIME_UP) return false;
    if (outcome !== CALLED) throw outcome.error;
    this.#calls.done(place.at); // N3
    return true;
  }

  #requireLock(what: string): void {
    if (this.#lock.isHeldHere()) return;
    const who = this.#lock.locked() ? "another holds it" : "nobody holds it";
    throw new NotHeldError(`Cannot ${what} on a condition without holding its lock (${who}): acquire() it first`);
  }
}

interface ConditionState {
  readonly block: BlockState;
  readonly lock: Lock | RLock;
}

const CALLED = "called";
const TIME_UP = "time is up";
type Outcome = typeof CALLED | typeof TIME_UP | { readonly error: unknown };

function checkPredicate(predicate: unknown): void {
  if (typeof predicate === "function") return;
  throw new TypeError(`Expected \`predicate\` to be a function, got ${inspect(predicate)}`);
}

function endOf(options: WaitOptions | undefined): number {
  return performance.now() + checkTimeout(options?.timeout);
}

declareClass(Condition, import.meta.url, "Condition");
