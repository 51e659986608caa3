/**
 * Who has the two ends of a pipe, in words of its memory that all see.
 *
 *   end: held ──nobody is left who received it last, or used it──► gone (for good)
 *
 *   word              meaning                                                      writer
 *   OWNER + end       party + 1 that made the end, or received it last; 0: none    that party; bury
 *   GONE + end        1: nobody has it                                             whoever found that out
 *   party's field 0   bits of the ends that the party used and did not close       that party
 *
 * E1  An end goes over to whoever receives it: the sender's copy no longer counts, unless it used it itself. So a parent
 *     that keeps a copy of its child's end does not keep the pipe open when the child has died.
 * E2  An end that was sent counts as the sender's until it is received, also when the sender closes its copy.
 * E3  Whoever takes the last hold away says that the end is gone; if it is killed before, burying it does.
 */
import type { Block, Parking } from "@concurrent-futures/shared/channel";

export type End = 0 | 1;

const OWNER = 32;
const GONE = 34;
const NOBODY = 0;
const ENDS: readonly End[] = [0, 1];

export class Ends {
  readonly #words: Int32Array;
  readonly #parking: Parking;
  readonly #sent = [false, false]; // by this thread, since it last received the end
  readonly #used = [false, false]; // this thread's bits
  readonly #closed = [false, false]; // this thread's copies

  constructor({ words, parking }: Block) {
    this.#words = words;
    this.#parking = parking;
    parking.onDeath((party) => this.#bury(party));
  }

  /** This thread has made the end, or received it. */
  receive(end: End): void {
    this.#closed[end] = false;
    this.#sent[end] = false;
    Atomics.store(this.#words, OWNER + end, this.#parking.me + 1);
  }

  send(end: End): void {
    this.#sent[end] = true;
  }

  /** This thread does something with the end. */
  use(end: End): void {
    if (this.#used[end]) return;
    this.#used[end] = true;
    Atomics.or(this.#parking.table, this.#bitsOf(this.#parking.me), bitOf(end));
  }

  close(end: End): void {
    const me = this.#parking.me;
    this.#closed[end] = true;
    this.#used[end] = false;
    Atomics.and(this.#parking.table, this.#bitsOf(me), ~bitOf(end));
    if (!this.#sent[end]) Atomics.compareExchange(this.#words, OWNER + end, me + 1, NOBODY); // E2
    this.#settle(end, undefined);
    this.#parking.wake(); // for those of this thread that wait with the end that is closed
  }

  /** Whether this thread has closed it. */
  isClosed(end: End): boolean {
    return this.#closed[end] === true;
  }

  isGone(end: End): boolean {
    return Atomics.load(this.#words, GONE + end) === 1;
  }

  #bury(party: number): void {
    for (const end of ENDS) {
      Atomics.compareExchange(this.#words, OWNER + end, party + 1, NOBODY);
      this.#settle(end, party);
    }
  }

  /** Says that the end is gone if nobody has it, the dead one aside. */
  #settle(end: End, dead: number | undefined): void {
    if (this.isGone(end) || Atomics.load(this.#words, OWNER + end) !== NOBODY) return;
    const { table } = this.#parking;
    for (const party of this.#parking.parties()) {
      if (party !== dead && (Atomics.load(table, this.#bitsOf(party)) & bitOf(end)) !== 0) return;
    }
    Atomics.store(this.#words, GONE + end, 1);
    this.#parking.wake();
  }

  #bitsOf(party: number): number {
    return this.#parking.word(party, 0);
  }
}

function bitOf(end: End): number {
  return 1 << end;
}
