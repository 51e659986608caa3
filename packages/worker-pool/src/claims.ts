/**
 * Claim words: who may run a call that was sent ahead. One word per slot, in memory that both sides see.
 *
 *   FREE --pool sends--> QUEUED --worker starts it--> STARTED
 *                          |
 *                          +-----pool takes it back--> TAKEN     (the worker answers SKIPPED when it gets there)
 *
 * I1  QUEUED is left by compare-exchange only: whoever swaps first wins, so a call runs in one place or in none.
 * I2  Only the pool makes a slot FREE or QUEUED, and only after the worker reported its last call (result or SKIPPED).
 */
const FREE = 0;
const QUEUED = 1;
const STARTED = 2;
const TAKEN = 3;

/** The pool's side. */
export class PoolClaims {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }
  /** Offers the slot's call to the worker; before its record is written. */
  offer(slot: number): void {
    Atomics.store(this.#words, slot, QUEUED);
  }
  /** Returns whether the call was taken back: it will not run there. */
  take(slot: number): boolean {
    return Atomics.compareExchange(this.#words, slot, QUEUED, TAKEN) === QUEUED;
  }
  /** Whether the worker has started the slot's call. */
  started(slot: number): boolean {
    return Atomics.load(this.#words, slot) === STARTED;
  }
  free(slot: number): void {
    Atomics.store(this.#words, slot, FREE);
  }
}

/** Worker's side: returns whether the slot's call is this worker's to run. */
export function claim(words: Int32Array, slot: number): boolean {
  return Atomics.compareExchange(words, slot, QUEUED, STARTED) === QUEUED;
}
