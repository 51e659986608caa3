/**
 * WordLock: a lock in one word of shared memory, held for the few instructions that a record takes.
 *
 *   free (0) ──tryAcquire──► held (party + 1) ──release──► free
 *                                │ another found it held and went to wait: CONTENDED
 *                                └──owner dies, bury──► free
 *
 * L1  Whoever holds it may be killed at any instruction, so what it guards is changed by one store at the end.
 * L2  Who finds it held marks it before going to wait; release says so, and then the waiting are woken.
 * L3  Its holder runs nothing that may wait. Code of the program that runs while it is held (a [deserialize]) and uses
 *     the same lock again gets an error instead of waiting for itself.
 */

const FREE = 0;
const OWNER = 0xffff;
const CONTENDED = 0x10000;
/** Looks before giving up: about as long as a small record is worked on. */
const LOOKS = 50;

export class WordLock {
  readonly #words: Int32Array;
  readonly #at: number;

  constructor(words: Int32Array, at: number) {
    this.#words = words;
    this.#at = at;
  }

  /**
   * @param owner  the number of the caller's party, plus 1
   * @param looks  how often to look before giving up; 0: the caller will not wait for it
   * @returns whether it is the caller's now; if not, wait until woken
   */
  tryAcquire(owner: number, looks: number = LOOKS): boolean {
    const words = this.#words;
    const at = this.#at;
    if (Atomics.compareExchange(words, at, FREE, owner) === FREE) return true;
    for (let left = looks; left > 0; left--) {
      const held = Atomics.load(words, at);
      if (held === FREE) {
        if (Atomics.compareExchange(words, at, FREE, owner) === FREE) return true;
      } else if ((held & OWNER) === owner) {
        throw new Error(
          "This queue is used by a [deserialize] while an item is taken from it. Use it afterwards instead",
        );
      }
    }
    if (looks === 0) return false;
    const held = Atomics.load(words, at);
    if (held !== FREE && (held & CONTENDED) === 0) Atomics.compareExchange(words, at, held, held | CONTENDED);
    // Where it was released meanwhile, the mark was not set: look once more, or nobody wakes the caller.
    return Atomics.load(words, at) === FREE && Atomics.compareExchange(words, at, FREE, owner) === FREE;
  }

  /** Returns whether somebody waits for it. */
  release(): boolean {
    return (Atomics.exchange(this.#words, this.#at, FREE) & CONTENDED) !== 0;
  }

  /** Frees it if its owner is the one that died. */
  bury(owner: number): void {
    const held = Atomics.load(this.#words, this.#at);
    if ((held & OWNER) === owner) Atomics.compareExchange(this.#words, this.#at, held, FREE);
  }
}
