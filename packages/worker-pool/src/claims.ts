/**
 * Claim words: who may run a call that was sent ahead. One word per slot, in memory that both sides see.
 *
 *   FREE --pool sends--> QUEUED --worker starts it--> DECODING --> IMPORTING --> RUNNING --> ENCODING
 *                          |                              (all "started"; errors name the one in which a worker died)
 *                          +-----pool takes it back--> TAKEN     (the worker answers SKIPPED when it gets there)
 *
 * I1  QUEUED is left by compare-exchange only: whoever swaps first wins, so a call runs in one place or in none.
 * I2  Only the pool makes a slot FREE or QUEUED, and only after the worker reported its last call (result or SKIPPED).
 * I3  A started call's word is written by its worker alone, and not once its outcome was sent: plain stores do.
 */
const FREE = 0;
const QUEUED = 1;
const TAKEN = 2;
const DECODING = 3;
const IMPORTING = 4;
const RUNNING = 5;
const ENCODING = 6;

/** What a worker does for a call that it has started. */
export type Phase = "decoding" | "importing" | "running" | "encoding";
const PHASES: readonly (Phase | undefined)[] = [
  undefined, // FREE
  undefined, // QUEUED
  undefined, // TAKEN
  "decoding",
  "importing",
  "running",
  "encoding",
];

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
    return Atomics.load(this.#words, slot) >= DECODING;
  }
  /** What the worker does for the slot's call, or did when it ended; undefined if it has not started it. */
  phase(slot: number): Phase | undefined {
    return PHASES[Atomics.load(this.#words, slot)];
  }
  free(slot: number): void {
    Atomics.store(this.#words, slot, FREE);
  }
}

/** The worker's side. */
export class WorkerClaims {
  readonly #words: Int32Array;

  constructor(words: Int32Array) {
    this.#words = words;
  }
  /** Returns whether the slot's call is this worker's to run; if so, its arguments are being decoded. */
  claim(slot: number): boolean {
    return Atomics.compareExchange(this.#words, slot, QUEUED, DECODING) === QUEUED;
  }
  importing(slot: number): void {
    this.#words[slot] = IMPORTING;
  }
  running(slot: number): void {
    this.#words[slot] = RUNNING;
  }
  encoding(slot: number): void {
    this.#words[slot] = ENCODING;
  }
}
