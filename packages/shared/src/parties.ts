/**
 * Parties: the threads, of whatever process, that use a shared object; at most 120 at a time.
 *
 *   free ──register──► claimed ──► living ──thread ends──► dead ──swept──► buried ──► free
 *
 *   word     0 NUMBER        1 STARTED      2 PROCESS                   3 BELL              4..7
 *   holds    see life.ts     see life.ts    pid, negative once the      descriptor to       the object's own
 *            0 free          (who it is)    thread let the object go    ring it at, or -1   (permits held, ...)
 *            -1 claimed
 *
 * A1  A record is claimed by compare-exchange of NUMBER from 0, and filled before NUMBER says whose it is.
 * A2  The dead are buried, which gives back what they held, by one thread at a time: BURIER. Only the burier frees
 *     records, so none is used again while somebody still gives back what its last owner held. A burier that dies is
 *     replaced; burying is done so that doing it again, after it was done in part, is right.
 * A3  Dying changes nothing by itself: whoever waits looks for the dead now and then (parking.ts).
 */
import { BURIER, PARTIES, PARTY_LIMIT, RECORD, RINGS } from "./layout.js";
import { type Libc, loadLibc } from "./memory/libc.js";
import { badgeOf, isAlive, isBadgeAlive, type Life, thisLife } from "./memory/life.js";

const NUMBER = 0;
const STARTED = 1;
const PROCESS = 2;
const BELL = 3;
const OWN = 4;
const CLAIMED = -1;
const NO_BELL = -1;

/** How often a thread that finds the table full of the dead looks whether another has buried them, each ms. */
const PATIENCE = 1000;
const pause = new Int32Array(new SharedArrayBuffer(4));

let self: Life | undefined; // of memory that processes share; it takes reading a file

export class Parties {
  /** The whole table; `word` says where a party's own words are. */
  readonly table: Int32Array;
  /** Undefined where only threads of this process share the memory. */
  protected readonly libc: Libc | undefined;
  readonly #buriers: ((party: number) => void)[] = [];
  #me = -1;

  /** @param words the header and the table of an object's memory */
  constructor(words: Int32Array, shared: boolean) {
    this.table = words;
    this.libc = shared ? loadLibc() : undefined;
  }

  /**
   * This thread's number here. Registers it where that was not done.
   * @throws {RangeError} too many threads that live use the object
   */
  get me(): number {
    if (this.#me === -1) this.#me = this.#register();
    return this.#me;
  }

  /**
   * Registers this thread. Where that takes burying somebody it is put off until after the object was made, which
   * then has said how (onDeath).
   */
  enter(): void {
    this.#me = this.#tryRegister() ?? -1;
    if (this.#me !== -1) return;
    queueMicrotask(() => {
      try {
        void this.me;
      } catch {
        // whoever needs the number is told
      }
    });
  }

  /** Where the `field`th of a party's four own words is in `table`. They are zero when a party starts. */
  word(party: number, field: 0 | 1 | 2 | 3): number {
    return place(party) + OWN + field;
  }

  /** Has `bury` called for each party that died, to give back what it held. It may be called again for the same one. */
  onDeath(bury: (party: number) => void): void {
    this.#buriers.push(bury);
  }

  /** The parties whose records are in use. */
  parties(): number[] {
    const all: number[] = [];
    for (let party = 0; party < PARTY_LIMIT; party++) {
      if (Atomics.load(this.table, place(party) + NUMBER) > 0) all.push(party);
    }
    return all;
  }

  /** Whether the party's thread lives. */
  isAlive(party: number): boolean {
    const at = place(party);
    const number = Atomics.load(this.table, at + NUMBER);
    if (number <= 0) return false;
    return isAlive(this.libc, { number, startedAt: Atomics.load(this.table, at + STARTED) });
  }

  /** The process of a party. */
  process(party: number): number {
    return Math.abs(Atomics.load(this.table, place(party) + PROCESS));
  }

  /** Looks for dead parties and buries them, unless another does so at the moment. Returns whether there were any. */
  sweep(): boolean {
    const dead = this.#dead();
    if (dead.length === 0 || !this.#becomeBurier()) return false;
    try {
      for (const party of dead) this.#bury(party);
    } finally {
      Atomics.compareExchange(this.table, BURIER, badgeOf(this.#self()), 0);
    }
    return true;
  }

  /** Where this thread is rung. */
  set bell(fd: number) {
    Atomics.store(this.table, place(this.me) + BELL, fd);
  }

  bellOf(party: number): number {
    return Atomics.load(this.table, place(party) + BELL);
  }

  /** This thread has dropped the object. Returns whether no other of its process uses it. */
  static letGo(words: Int32Array): boolean {
    const parties = new Parties(words, true);
    const me = parties.#find();
    if (me !== -1) Atomics.store(words, place(me) + PROCESS, -process.pid);
    return !parties
      .parties()
      .some((party) => Atomics.load(words, place(party) + PROCESS) === process.pid && parties.isAlive(party));
  }

  #register(): number {
    for (let looks = 0; looks < PATIENCE; looks++) {
      const party = this.#tryRegister();
      if (party !== undefined) return party;
      if (this.sweep()) continue;
      if (this.#dead().length === 0) break;
      Atomics.wait(pause, 0, 0, 1); // another buries them
    }
    throw new RangeError(`More than ${PARTY_LIMIT} threads and processes use one shared object at a time`);
  }

  /** A thread that drops an object and gets it again later has its old number. Undefined if the table is full. */
  #tryRegister(): number | undefined {
    const known = this.#find();
    if (known !== -1) {
      Atomics.store(this.table, place(known) + PROCESS, process.pid);
      return known;
    }
    const party = this.#claim();
    if (party === undefined) return undefined;
    const at = place(party);
    const { number, startedAt } = this.#self();
    for (let field = OWN; field < RECORD; field++) Atomics.store(this.table, at + field, 0);
    Atomics.store(this.table, at + STARTED, startedAt);
    Atomics.store(this.table, at + PROCESS, process.pid);
    Atomics.store(this.table, at + BELL, NO_BELL);
    Atomics.store(this.table, at + NUMBER, number); // A1
    return party;
  }

  #self(): Life {
    if (this.libc === undefined) return thisLife(undefined);
    self ??= thisLife(this.libc);
    return self;
  }

  #find(): number {
    const { number, startedAt } = this.#self();
    const mine = this.parties().find((party) => {
      const at = place(party);
      return Atomics.load(this.table, at + NUMBER) === number && Atomics.load(this.table, at + STARTED) === startedAt;
    });
    return mine ?? -1;
  }

  #claim(): number | undefined {
    for (let party = 0; party < PARTY_LIMIT; party++) {
      if (Atomics.compareExchange(this.table, place(party) + NUMBER, 0, CLAIMED) === 0) return party;
    }
    return undefined;
  }

  #dead(): number[] {
    return this.parties().filter((party) => party !== this.#me && !this.isAlive(party));
  }

  #becomeBurier(): boolean {
    const mine = badgeOf(this.#self());
    const other = Atomics.compareExchange(this.table, BURIER, 0, mine);
    if (other === 0 || other === mine) return true;
    if (isBadgeAlive(this.libc, other)) return false;
    return Atomics.compareExchange(this.table, BURIER, other, mine) === other;
  }

  #bury(party: number): void {
    // Another was quicker, and the record is free, or a new party's.
    if (Atomics.load(this.table, place(party) + NUMBER) <= 0 || this.isAlive(party)) return;
    for (const bury of this.#buriers) bury(party);
    Atomics.and(this.table, ringWord(party), ~bitOf(party));
    Atomics.store(this.table, place(party) + NUMBER, 0);
  }
}

/** The word that has a party's bit in RINGS. */
export function ringWord(party: number): number {
  return RINGS + (party >> 5);
}

export function bitOf(party: number): number {
  return 1 << (party & 31);
}

function place(party: number): number {
  return PARTIES + party * RECORD;
}
