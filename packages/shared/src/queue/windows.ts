/**
 * Windows: the memory of a ring in pieces, so that only those in use are looked at, and small queues stay in few pages.
 *
 *   [ links, one word each | window 0 | window 1 | ... ]
 *
 *   head ► window 3 ──link──► window 0 ──link──► window 1 ◄ tail        all others are free
 *
 * W1  What is in use is the chain from the head's window to the tail's; nothing else says so. A thread killed between
 *     any two instructions therefore leaves nothing to be repaired.
 * W2  Links are written, and windows chosen, only under the lock of those who put; the lowest free ones are taken.
 * W3  A chain read from an older head is longer than the real one, never wrong.
 * W4  Pages of windows that became free are given back (`trim`), but for the first KEPT, which are used again soonest.
 */

/** Where a ring's memory is. */
export interface RingMemory {
  /** Bytes of it; a multiple of 8. */
  readonly length: number;
  /** A view of some of it. */
  view(offset: number, length: number): Uint8Array;
  /** Gives the pages of a range back; they are zero afterwards. Undefined where that cannot be done. */
  readonly discard: ((offset: number, length: number) => void) | undefined;
}

export const WINDOW_SHIFT = 15; // of positions, which count units
export const WINDOW_UNITS: number = 1 << WINDOW_SHIFT;
export const UNIT_BYTES = 8;
export const WINDOW_BYTES: number = WINDOW_UNITS * UNIT_BYTES;

const MOST_WINDOWS = 4096;
const LINKS_BYTES = MOST_WINDOWS * 4;
const NEXT = 0xffff; // number of the next window, plus 1
const DIRTY = 0x10000; // has pages
const KEPT = 64; // 16 MiB: filling fresh pages takes ten times as long as filling those that are there

export class Windows {
  /** How many there are. */
  readonly count: number;
  readonly #memory: RingMemory;
  readonly #links: Int32Array;
  readonly #ints: (Int32Array | undefined)[] = [];
  readonly #bytes: (Uint8Array | undefined)[] = [];
  readonly #used: Uint8Array;

  constructor(memory: RingMemory) {
    this.#memory = memory;
    this.count = Math.min(MOST_WINDOWS, Math.floor((memory.length - LINKS_BYTES) / WINDOW_BYTES));
    const links = memory.view(0, LINKS_BYTES);
    this.#links = new Int32Array(links.buffer, links.byteOffset, this.count);
    this.#used = new Uint8Array(this.count);
  }

  /** How much memory `windows` windows take. */
  static memoryFor(windows: number): number {
    return LINKS_BYTES + windows * WINDOW_BYTES;
  }

  ints(window: number): Int32Array {
    return this.#ints[window] ?? this.#open(window);
  }

  bytes(window: number): Uint8Array {
    const bytes = this.#bytes[window];
    if (bytes !== undefined) return bytes;
    this.#open(window);
    return this.#bytes[window] as Uint8Array;
  }

  /** What begins in a window and may go on in those behind it. */
  span(window: number, length: number): Uint8Array {
    return this.#memory.view(LINKS_BYTES + window * WINDOW_BYTES, length);
  }

  next(window: number): number {
    return (Atomics.load(this.#links, window) & NEXT) - 1;
  }

  /**
   * Takes `wanted` windows that lie beside each other and links them behind the tail's (W2).
   *
   * @returns the first of them; -1 if there are not so many
   */
  extend(head: number, tail: number, wanted: number): number {
    const first = this.#findFree(this.#chain(head, tail), wanted);
    if (first === -1) return -1;
    this.#link(tail, first);
    for (let window = first; window < first + wanted; window++) this.#link(window, window + 1);
    return first;
  }

  /** Gives back the pages of windows that are not in use. Under the lock of those who put. */
  trim(head: number, tail: number): void {
    const { discard } = this.#memory;
    if (discard === undefined) return;
    const used = this.#chain(head, tail);
    for (let window = KEPT; window < this.count; window++) {
      if (used[window] === 1 || !this.#isDirty(window)) continue;
      const first = window;
      while (window + 1 < this.count && used[window + 1] === 0 && this.#isDirty(window + 1)) window += 1;
      discard(LINKS_BYTES + first * WINDOW_BYTES, (window + 1 - first) * WINDOW_BYTES);
      for (let each = first; each <= window; each++) Atomics.store(this.#links, each, 0);
    }
  }

  /** Whether leaving a window makes `trim` worth its while. */
  static isTrimmed(window: number): boolean {
    return window >= KEPT;
  }

  #chain(head: number, tail: number): Uint8Array {
    const used = this.#used.fill(0);
    used[tail] = 1;
    for (let window = head; window !== tail; window = this.next(window)) {
      if (used[window] !== 0) throw new Error("The memory of this queue is damaged");
      used[window] = 1;
    }
    return used;
  }

  #findFree(used: Uint8Array, wanted: number): number {
    let found = 0;
    for (let window = 0; window < this.count; window++) {
      found = used[window] === 0 ? found + 1 : 0;
      if (found === wanted) return window - wanted + 1;
    }
    return -1;
  }

  #link(window: number, next: number): void {
    Atomics.store(this.#links, window, DIRTY | (next + 1));
  }

  #isDirty(window: number): boolean {
    return (Atomics.load(this.#links, window) & DIRTY) !== 0;
  }

  #open(window: number): Int32Array {
    const bytes = this.span(window, WINDOW_BYTES);
    const ints = new Int32Array(bytes.buffer, bytes.byteOffset, WINDOW_BYTES / 4);
    this.#bytes[window] = bytes;
    this.#ints[window] = ints;
    return ints;
  }
}
