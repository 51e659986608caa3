/**
 * Permits: the count of a semaphore, and which party holds how many of them.
 *
 *            take: VALUE - 1, HELD[me] + 1              give: VALUE + 1, HELD[me] - 1
 *   VALUE  ◄──────────────────────────────►  HELD[party]
 *            bury: VALUE + what is due, HELD[dead] = 0
 *
 *   STATE, one 64-bit word    bits 0..31 VALUE, 32..38 party, 39..40 kind, 41..47 orphans, 48..63 turn
 *   HELD[party], 64 bits each bits 0..31 permits held, 32..47 turn
 *   words                     START what VALUE was at first, TOP one more than the highest party that ever took
 *
 * P1  Every change is one compare-exchange of STATE, which also says what becomes of one party's HELD (party, kind, its
 *     next turn). Before anybody changes STATE again, HELD is brought up to date by whoever comes (settle): it does not
 *     matter when the one that began is killed. A change is there as a whole, or not at all.
 * P2  HELD changes in settle only, and only from the turn before the one in STATE. So a change is applied once, however
 *     many settle it and however late; turns are never set back. While STATE stays, so does every settled HELD.
 * P3  Without deaths VALUE is START - taken + given, whoever gives: Python's arithmetic.
 * P4  A death gives back what the dead party held, but never so much that VALUE and what the living hold are more than
 *     START. So no permit comes back twice: once by a release from somewhere else, and again by the death.
 * P5  Who gives without holding gives for the one party that holds something, if there is but one. If there are more,
 *     nobody can tell for whom, and VALUE + sum of HELD is above START until one of them gives, takes again or dies.
 * P6  `orphans` of the permits in VALUE came back by a death (at most 127 are counted): the next to take are told so.
 */
import type { Block } from "./block.js";
import { NotHeldError } from "./errors.js";
import { PARTY_LIMIT } from "./layout.js";
import type { Parking } from "./parking.js";

/** The most permits that there can be. */
export const MOST_PERMITS = 2 ** 31 - 1;

/** Bytes of a block's data that permits take. */
export const PERMIT_BYTES = 8 * (1 + PARTY_LIMIT);

const STATE = 0;
const HELD = 1; // in the 64-bit words of the data, by party
const START = 0; // in the block's words
const TOP = 1;

/** What the change in STATE means for its party's HELD. */
const TAKES = 1;
const GIVES = 2;
const GIVES_ALL = 3;
type Kind = 0 | typeof TAKES | typeof GIVES | typeof GIVES_ALL;

const MOST_ORPHANS = 127;

/** STATE, taken apart. */
interface State {
  readonly value: number;
  readonly orphans: number;
  readonly party: number;
  readonly kind: Kind;
  readonly turn: number;
}

export class Permits {
  readonly block: Block;
  readonly #parking: Parking;
  readonly #words: Int32Array;
  readonly #data: BigUint64Array;
  /** Refuses a VALUE above START. */
  readonly #bounded: boolean;

  constructor(block: Block, bounded: boolean) {
    this.block = block;
    this.#bounded = bounded;
    this.#parking = block.parking;
    this.#words = block.words;
    this.#data = new BigUint64Array(block.data.buffer, block.data.byteOffset, 1 + PARTY_LIMIT);
    this.#parking.onDeath((party) => this.#bury(party));
  }

  /** Before anybody else has the block. */
  start(value: number): void {
    this.#words[START] = value;
    this.#data[STATE] = BigInt(value);
  }

  get value(): number {
    const value = numberIn(Atomics.load(this.#data, STATE));
    // Nobody may be waiting, so that nobody would have looked for the dead.
    if (value >= this.#start || !this.#parking.sweep()) return value;
    return numberIn(Atomics.load(this.#data, STATE));
  }

  /** Takes one if there is any; says whether it came back by a death. */
  take(): { readonly abandoned: boolean } | undefined {
    const { me } = this.#parking;
    this.#raiseTop(me + 1);
    for (;;) {
      const word = this.#settled();
      const state = unpack(word);
      const { value, orphans } = state;
      if (value === 0) return undefined;
      // P5: where more seems to be held than is out, one of mine has been given from somewhere else, and this replaces it.
      const replaces = this.#held(me) > 0 && value + this.#heldByAll() > this.#start;
      const next = { ...state, value: value - 1, orphans: Math.max(0, orphans - 1) };
      if (this.#change(word, replaces ? next : this.#turn(next, me, TAKES))) return { abandoned: orphans > 0 };
    }
  }

  /**
   * Gives `count` back, those of this party first.
   * @throws {NotHeldError} bounded, and that would be more than there were at first
   * @throws {RangeError} more than there can be
   */
  give(count: number): void {
    for (let left = count; left > 0; ) {
      const word = this.#settled();
      const state = unpack(word);
      this.#checkRoom(state.value, left);
      const holder = this.#whoseToGive();
      const held = holder === undefined ? 0 : this.#held(holder);
      const all = held <= left;
      const given = holder === undefined ? left : all ? held : 1;
      const next = { ...state, value: state.value + given };
      const changed = holder === undefined ? next : this.#turn(next, holder, all ? GIVES_ALL : GIVES);
      if (this.#change(word, changed)) left -= given;
    }
    this.#parking.wake();
  }

  get #start(): number {
    return this.#words[START] as number;
  }

  #checkRoom(value: number, count: number): void {
    const permits = count === 1 ? "a permit" : `${count} permits`;
    if (this.#bounded && value + count > this.#start) {
      const there = `${value} of its ${this.#start} are there`;
      throw new NotHeldError(`Cannot release ${permits} of this BoundedSemaphore: ${there}, so too few are held`);
    }
    if (value + count > MOST_PERMITS) {
      throw new RangeError(`Cannot release ${permits}: with the ${value} there they were more than ${MOST_PERMITS}`);
    }
  }

  /** This party if it holds any, else the only one that does (P5). */
  #whoseToGive(): number | undefined {
    const { me } = this.#parking;
    if (this.#held(me) > 0) return me;
    let only: number | undefined;
    for (let party = 0; party < this.#top; party++) {
      if (this.#held(party) === 0) continue;
      if (only !== undefined) return undefined;
      only = party;
    }
    return only;
  }

  /** Only one buries at a time (Parties, A2), and again if that one dies: what was given back then is held no more. */
  #bury(party: number): void {
    for (;;) {
      const word = this.#settled();
      const held = this.#held(party);
      if (held === 0) return;
      const state = unpack(word);
      const room = this.#start - state.value - (this.#heldByAll() - held);
      const due = Math.max(0, Math.min(held, room)); // P4
      const orphans = Math.min(MOST_ORPHANS, state.orphans + due);
      const next = { ...state, value: state.value + due, orphans };
      if (this.#change(word, this.#turn(next, party, GIVES_ALL))) break;
    }
    this.#parking.wake();
  }

  // STATE and HELD.

  get #top(): number {
    return Atomics.load(this.#words, TOP);
  }

  /** Before it takes: whoever sums up sees all that hold. */
  #raiseTop(top: number): void {
    for (let old = this.#top; old < top; old = this.#top) Atomics.compareExchange(this.#words, TOP, old, top);
  }

  #held(party: number): number {
    return numberIn(Atomics.load(this.#data, HELD + party));
  }

  #heldByAll(): number {
    let sum = 0;
    for (let party = 0; party < this.#top; party++) sum += this.#held(party);
    return sum;
  }

  /** STATE, with HELD as it says. */
  #settled(): bigint {
    const word = Atomics.load(this.#data, STATE);
    this.#settle(word);
    return word;
  }

  #settle(word: bigint): void {
    const { party, kind, turn } = unpack(word);
    if (kind === 0) return;
    const old = Atomics.load(this.#data, HELD + party);
    if (turnAfter(old) !== turn) return; // P2: applied
    const held = numberIn(old);
    const now = kind === TAKES ? held + 1 : kind === GIVES ? held - 1 : 0;
    Atomics.compareExchange(this.#data, HELD + party, old, (BigInt(turn) << 32n) | BigInt(now));
  }

  /** What the change means for a party's HELD. */
  #turn(state: State, party: number, kind: Kind): State {
    return { ...state, party, kind, turn: turnAfter(Atomics.load(this.#data, HELD + party)) };
  }

  #change(from: bigint, to: State): boolean {
    const word = pack(to);
    if (Atomics.compareExchange(this.#data, STATE, from, word) !== from) return false;
    this.#settle(word);
    return true;
  }
}

function pack({ value, orphans, party, kind, turn }: State): bigint {
  const high = (party | (kind << 7) | (orphans << 9) | (turn << 16)) >>> 0;
  return (BigInt(high) << 32n) | BigInt(value);
}

function unpack(word: bigint): State {
  const high = Number(word >> 32n);
  return {
    value: numberIn(word),
    party: high & 127,
    kind: ((high >>> 7) & 3) as Kind,
    orphans: (high >>> 9) & 127,
    turn: high >>> 16,
  };
}

/** The lower half. */
function numberIn(word: bigint): number {
  return Number(word & 0xffff_ffffn);
}

function turnAfter(held: bigint): number {
  return (Number(held >> 32n) + 1) & 0xffff;
}
