/**
 * Calls: who waits for a condition, in shared memory, and who of them has been called.
 *
 *   free ──enter──► waiting ──call──► called ──done──► free
 *                      └──leave (time is up)──► free
 *
 *   TICKET, 64 bits      counts the waits
 *   PLACE[i], 64 bits    bits 0..1 0 free, 1 waiting, 2 called; bits 2..9 its party; bits 10..63 its ticket
 *
 * C1  Every change is one compare-exchange of a place. A ticket is given once, so no place looks the same again.
 * C2  Who has been called stays called until it has what it waited for (done): if it dies before, another is called in
 *     its place. Where the one that sees to that dies as well, in the midst of it, two may be called; never none.
 * C3  Those who have waited longest, by ticket, are called first.
 */
import type { Block } from "./block.js";

/** How many may wait at a time. */
const PLACES = 16_384;

export const CALL_BYTES = 8 * (1 + PLACES);

const TICKET = 0;
const PLACE = 1;
/** In the block's words: one more than the highest place ever taken. */
const TOP = 0;

const FREE = 0n;
const WAITING = 1n;
const CALLED = 2n;
const STATE_BITS = 3n;

/** A wait in its place. */
export interface Place {
  readonly at: number;
  /** The place while it waits. */
  readonly waiting: bigint;
}

export class Calls {
  readonly #block: Block;
  readonly #data: BigUint64Array;

  constructor(block: Block) {
    this.#block = block;
    this.#data = new BigUint64Array(block.data.buffer, block.data.byteOffset, 1 + PLACES);
    block.parking.onDeath((party) => this.#bury(party));
  }

  /**
   * Takes a place.
   * @throws {RangeError} there is none left
   */
  enter(): Place {
    const ticket = Atomics.add(this.#data, TICKET, 1n);
    const waiting = (ticket << 10n) | (BigInt(this.#block.parking.me) << 2n) | WAITING;
    for (let at = PLACE; at < PLACE + PLACES; at++) {
      if (Atomics.load(this.#data, at) !== FREE) continue;
      this.#raiseTop(at + 1); // first: who calls must see it
      if (Atomics.compareExchange(this.#data, at, FREE, waiting) === FREE) return { at, waiting };
    }
    throw new RangeError(`More than ${PLACES} wait for one condition at a time`);
  }

  isCalled({ at, waiting }: Place): boolean {
    return Atomics.load(this.#data, at) !== waiting;
  }

  /** Waits no longer. Returns false where it has been called already: then done() or passOn() must follow. */
  leave({ at, waiting }: Place): boolean {
    return Atomics.compareExchange(this.#data, at, waiting, FREE) === waiting;
  }

  /** Who was called has what it waited for. */
  done(at: number): void {
    Atomics.store(this.#data, at, FREE);
  }

  /** Who was called does not want it: another is called. */
  passOn(at: number): void {
    this.call(1); // first: see C2
    this.done(at);
  }

  /** Calls the `count` that have waited longest, or as many as there are. */
  call(count: number): void {
    const waiting = this.#places(isWaiting);
    waiting.sort((a, b) => (a.place < b.place ? -1 : 1)); // C3: the ticket is in the highest bits
    let left = count;
    for (const { at, place } of waiting) {
      if (left === 0) break;
      if (Atomics.compareExchange(this.#data, at, place, (place & ~STATE_BITS) | CALLED) === place) left -= 1;
    }
    if (left < count) this.#block.parking.wake();
  }

  /** Only one buries at a time (Parties, A2), and nobody but callers changes the places of the dead meanwhile. */
  #bury(party: number): void {
    const isIts = (place: bigint) => place !== FREE && Number((place >> 2n) & 255n) === party;
    for (const { at, place } of this.#places(isIts)) {
      if (isWaiting(place)) Atomics.compareExchange(this.#data, at, place, FREE);
    }
    for (const { at } of this.#places(isIts)) this.passOn(at); // those that have been called
  }

  #places(want: (place: bigint) => boolean): { at: number; place: bigint }[] {
    const found = [];
    const top = Atomics.load(this.#block.words, TOP);
    for (let at = PLACE; at < top; at++) {
      const place = Atomics.load(this.#data, at);
      if (want(place)) found.push({ at, place });
    }
    return found;
  }

  #raiseTop(top: number): void {
    const { words } = this.#block;
    for (let old = Atomics.load(words, TOP); old < top; old = Atomics.load(words, TOP)) {
      Atomics.compareExchange(words, TOP, old, top);
    }
  }
}

function isWaiting(place: bigint): boolean {
  return (place & STATE_BITS) === WAITING;
}
