/**
 * Ring: records in shared memory, put and taken by any number of threads and processes, any of which may be killed.
 *
 *            put lock                                    take lock
 *   put ──► write record behind the tail ──► PUTS + 1     open ──► read record at the head ──► commit: TAKEN + 1
 *                                                                         └──► leave: it stays
 *
 *   word          meaning                                        writer
 *   PUT_LOCK      who puts (word-lock.ts)
 *   PUTS          records that were ever put, mod 2^32           holder of the put lock
 *   TAILS + 0, 1  where the next record goes, for even and       holder of the put lock
 *                 odd values of PUTS
 *   TAKE_LOCK, TAKEN, HEADS: the same for those who take
 *
 *   record: [length i32][bytes], padded to 8; length CONTINUED: go on in the window that this one links to
 *
 * Q1  The position that belongs to the next value of a counter is stored before the counter: one store publishes both
 *     position and count. Before it nothing has happened, after it everything has; there is nothing to repair.
 * Q2  What lies between head and tail is changed by nobody; what is free, by the holder of the put lock only.
 * Q3  Those who put and those who take never wait for each other's lock.
 */
import { type RingMemory, UNIT_BYTES, WINDOW_BYTES, WINDOW_SHIFT, WINDOW_UNITS, Windows } from "./windows.js";
import { WordLock } from "./word-lock.js";

/** What came of an attempt. */
export type Outcome = typeof DONE | typeof REFUSED | typeof BUSY;
export const DONE = 1;
/** Full, or empty: until the other side has done something. */
export const REFUSED = 0;
/** Somebody else holds the lock: until woken. */
export const BUSY = -1;

/** Words that a ring needs for those who put, and for those who take: apart, so that they do not disturb each other. */
export const SIDE_WORDS = 4;
const LOCK = 0;
const COUNT = 1;
const POSITIONS = 2;

const LENGTH_BYTES = 4;
const CONTINUED = -1;
const MASK = WINDOW_UNITS - 1;

/** Where a ring's words are. */
export interface RingPlace {
  readonly words: Int32Array;
  /** SIDE_WORDS words of those who put. */
  readonly put: number;
  /** SIDE_WORDS words of those who take. */
  readonly take: number;
}

export class Ring {
  /** The record that `open` found: `length` bytes of `bytes`, from `at` on. */
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  length = 0;
  readonly #words: Int32Array;
  readonly #put: number;
  readonly #take: number;
  readonly #putLock: WordLock;
  readonly #takeLock: WordLock;
  readonly #windows: Windows;
  readonly #contended: () => void;
  #end = 0; // of the open record

  /** @param contended  called when a lock was released that somebody waits for: wakes them */
  constructor({ words, put, take }: RingPlace, memory: RingMemory, contended: () => void) {
    this.#words = words;
    this.#put = put;
    this.#take = take;
    this.#putLock = new WordLock(words, put + LOCK);
    this.#takeLock = new WordLock(words, take + LOCK);
    this.#windows = new Windows(memory);
    this.#contended = contended;
  }

  /** Records in it, at one moment. */
  get size(): number {
    for (;;) {
      const { taken, puts } = this;
      if (this.taken === taken) return (puts - taken) >>> 0;
    }
  }

  /** Records ever put, and ever taken, as 32-bit integers that wrap. */
  get puts(): number {
    return Atomics.load(this.#words, this.#put + COUNT);
  }
  get taken(): number {
    return Atomics.load(this.#words, this.#take + COUNT);
  }

  /** Bytes of the longest record. However the windows in use lie, an empty ring has room for it. */
  get longest(): number {
    return Math.floor((this.#windows.count - 1) / 2) * WINDOW_BYTES - LENGTH_BYTES - UNIT_BYTES;
  }

  /**
   * Adds a record, at most `longest` bytes, unless there are `limit` already or no room is left.
   *
   * @param owner  party number, plus 1
   */
  put(owner: number, record: Uint8Array, limit: number): Outcome {
    // Without a limit nothing is read here that those who take write all the time: that would take longer than all else.
    const isLimited = limit !== Number.POSITIVE_INFINITY;
    if (isLimited && this.size >= limit) return REFUSED;
    if (!this.#putLock.tryAcquire(owner)) return BUSY;
    try {
      return !(isLimited && this.size >= limit) && this.#write(record) ? DONE : REFUSED;
    } finally {
      if (this.#putLock.release()) this.#contended();
    }
  }

  #write(record: Uint8Array): boolean {
    const words = this.#words;
    const puts = this.puts;
    const length = record.length;
    const units = (LENGTH_BYTES + length + UNIT_BYTES - 1) >>> 3;
    let position = Atomics.load(words, this.#put + POSITIONS + (puts & 1));
    // The last unit of a window is for CONTINUED.
    if ((position & MASK) + units >= WINDOW_UNITS) {
      const window = position >>> WINDOW_SHIFT;
      const next = this.#windows.extend(this.#headWindow(), window, Math.ceil((units + 1) / WINDOW_UNITS));
      if (next === -1) return false;
      this.#windows.ints(window)[(position & MASK) * 2] = CONTINUED;
      position = next << WINDOW_SHIFT;
    }
    this.#fill(position, record, units);
    const next = (puts + 1) | 0;
    Atomics.store(words, this.#put + POSITIONS + (next & 1), position + units);
    Atomics.store(words, this.#put + COUNT, next); // Q1
    return true;
  }

  #fill(position: number, record: Uint8Array, units: number): void {
    const { length } = record;
    const window = position >>> WINDOW_SHIFT;
    const unit = position & MASK;
    this.#windows.ints(window)[unit * 2] = length;
    if (units >= WINDOW_UNITS) {
      this.#windows.span(window, LENGTH_BYTES + length).set(record, LENGTH_BYTES);
      return;
    }
    const bytes = this.#windows.bytes(window);
    const at = unit * UNIT_BYTES + LENGTH_BYTES;
    if (length > 48) bytes.set(record, at);
    else for (let i = 0; i < length; i++) bytes[at + i] = record[i] as number; // beats `set` for few bytes
  }

  /** Looks at the next record. When it is DONE, `commit` or `leave` must follow, and soon. */
  open(owner: number): Outcome {
    if (this.puts === this.taken) return REFUSED;
    if (!this.#takeLock.tryAcquire(owner)) return BUSY;
    let found = false;
    try {
      found = this.#find();
    } finally {
      if (!found) this.leave();
    }
    return found ? DONE : REFUSED;
  }

  #find(): boolean {
    const taken = this.taken;
    if (this.puts === taken) return false;
    const position = Atomics.load(this.#words, this.#take + POSITIONS + (taken & 1));
    let window = position >>> WINDOW_SHIFT;
    let unit = position & MASK;
    let length = this.#windows.ints(window)[unit * 2] as number;
    if (length === CONTINUED) {
      window = this.#windows.next(window);
      unit = 0;
      length = this.#windows.ints(window)[0] as number;
    }
    const units = (LENGTH_BYTES + length + UNIT_BYTES - 1) >>> 3;
    this.length = length;
    this.#end = (window << WINDOW_SHIFT) + unit + units;
    if (units >= WINDOW_UNITS) {
      this.bytes = this.#windows.span(window, LENGTH_BYTES + length);
      this.at = LENGTH_BYTES;
    } else {
      this.bytes = this.#windows.bytes(window);
      this.at = unit * UNIT_BYTES + LENGTH_BYTES;
    }
    return true;
  }

  /** The open record is taken. Nothing of it may be looked at afterwards. */
  commit(owner: number): void {
    const words = this.#words;
    const taken = this.taken;
    const next = (taken + 1) | 0;
    const left = Atomics.load(words, this.#take + POSITIONS + (taken & 1)) >>> WINDOW_SHIFT;
    const end = this.#end;
    Atomics.store(words, this.#take + POSITIONS + (next & 1), end);
    Atomics.store(words, this.#take + COUNT, next); // Q1
    this.leave();
    if (end >>> WINDOW_SHIFT !== left && (Windows.isTrimmed(left) || Windows.isTrimmed(end >>> WINDOW_SHIFT))) {
      this.#trim(owner);
    }
  }

  /** The open record stays where it is. */
  leave(): void {
    if (this.#takeLock.release()) this.#contended();
  }

  /** Gives back what the dead one held. */
  bury(owner: number): void {
    this.#putLock.bury(owner);
    this.#takeLock.bury(owner);
  }

  #trim(owner: number): void {
    if (!this.#putLock.tryAcquire(owner, 0)) return; // another time
    try {
      const tail = Atomics.load(this.#words, this.#put + POSITIONS + (this.puts & 1));
      this.#windows.trim(this.#headWindow(), tail >>> WINDOW_SHIFT);
    } finally {
      if (this.#putLock.release()) this.#contended();
    }
  }

  /** The window that those who take are in, or were a moment ago (W3). */
  #headWindow(): number {
    for (;;) {
      const taken = this.taken;
      const head = Atomics.load(this.#words, this.#take + POSITIONS + (taken & 1));
      if (this.taken === taken) return head >>> WINDOW_SHIFT;
    }
  }
}
