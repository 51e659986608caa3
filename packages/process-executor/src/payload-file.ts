/**
 * A payload file: memory without a name (memfd) that carries large messages one way, past the pipe.
 *
 *   sender: reserve ──► write ──► a frame on the pipe says where ──► receiver: read ──► release
 *
 *   [ message | message | room ...
 *                       ^ end: the next one begins here; at 0 again whenever PENDING is 0
 *
 *   word      meaning                                               writer
 *   PENDING   messages that were reserved and not released yet      sender +1, receiver -1
 *             -1: the parent is cutting the file                    parent, from 0 and back
 *
 * F1  The file is read and written by system calls, never mapped: whatever tasks do to it, the worst is a message that is
 *     damaged, never a fault in this process. It costs little: the pages stay, and no page of this process is touched.
 * F2  PENDING changes by compare-exchange. What was reserved is not written again before its receiver has released it,
 *     and the receiver has a copy of its own before it looks at anything.
 * F3  The parent has both files open: what a worker wrote can be read when the worker is gone.
 * F4  A message that finds no room, or the file being cut, goes through the pipe. The order is the pipe's either way.
 */
import { fstatSync, ftruncateSync, readvSync, writevSync } from "node:fs";
import type { Libc } from "@concurrent-futures/shared/memory";

/** How much may lie in the file at a time, unless it is one message. */
const MOST_BYTES = 256 * 2 ** 20;
/** What is left of an idle file. */
export const KEPT_BYTES: number = 2 ** 20;
/** From here on memory is filled faster in large pages (of 2 MiB, aligned) than the question for them takes. */
const LARGE_PAGES_FROM = 4 * 2 ** 20;
/** Every message begins at a page: pages that are written whole need not be zeroed first. */
const PAGE = 4096;
/** What the system takes in one call. */
const MOST_PARTS = 1024;
const MOST_AT_ONCE = 2 ** 30;

const PENDING = 0;
const CUTTING = -1;

/** An end of a payload file. */
class PayloadFile {
  readonly fd: number;
  protected readonly words: Int32Array;
  protected closed = false; // the number may be another file's by now

  /** @param words the file's words, in memory that both sides see */
  constructor(fd: number, words: Int32Array) {
    this.fd = fd;
    this.words = words;
  }

  /** Gives back the memory of a file that nothing lies in. Returns false while something does. The parent's only. */
  cut(): boolean {
    if (this.closed || this.#size() <= KEPT_BYTES) return true;
    if (Atomics.compareExchange(this.words, PENDING, 0, CUTTING) !== 0) return false;
    try {
      ftruncateSync(this.fd, KEPT_BYTES);
    } finally {
      Atomics.store(this.words, PENDING, 0);
    }
    return true;
  }

  /** Touches the file no more; whoever opened it closes it. */
  close(): void {
    this.closed = true;
  }

  #size(): number {
    return fstatSync(this.fd).size;
  }
}

/** The sender's end. */
export class PayloadSender extends PayloadFile {
  #end = 0;

  /** Writes a message; returns where it lies, for `PayloadReceiver.read`. undefined: it has to take the pipe (F4). */
  write(parts: readonly Uint8Array[]): Buffer | undefined {
    const place = new Float64Array(1 + parts.length);
    let size = 0;
    for (const [index, { length }] of parts.entries()) {
      place[1 + index] = length;
      size += length;
    }
    const start = this.closed ? undefined : this.#reserve(size);
    if (start === undefined) return undefined;
    place[0] = start;
    try {
      move(writevSync, this.fd, parts, start);
    } catch {
      Atomics.sub(this.words, PENDING, 1); // no memory left, or a task closed what was not its own
      return undefined;
    }
    return Buffer.from(place.buffer);
  }

  #reserve(size: number): number | undefined {
    for (;;) {
      const pending = Atomics.load(this.words, PENDING);
      const start = pending === 0 ? 0 : this.#end;
      if (pending < 0 || (pending > 0 && start + size > MOST_BYTES)) return undefined;
      if (Atomics.compareExchange(this.words, PENDING, pending, pending + 1) !== pending) continue;
      this.#end = Math.ceil((start + size) / PAGE) * PAGE;
      return start;
    }
  }
}

/** The receiver's end. */
export class PayloadReceiver extends PayloadFile {
  readonly #libc: Libc;

  constructor(libc: Libc, fd: number, words: Int32Array) {
    super(fd, words);
    this.#libc = libc;
  }

  /**
   * Copies a message out of the file, each part into memory of its own, and gives its room back.
   *
   * @param place  what the sender's `write` returned, or whatever a task made of it
   * @throws {Error} there is no such message, or no memory for it
   */
  read(place: Uint8Array): Buffer[] {
    const [start = -1, ...sizes] = numbersIn(place);
    const size = sizes.reduce((sum, each) => sum + each, 0);
    const isPlace = [start, ...sizes, size].every((number) => Number.isSafeInteger(number) && number >= 0);
    if (this.closed || !isPlace || sizes.length === 0 || start + size > fstatSync(this.fd).size) {
      throw new Error("its data channel spoke of a message that is not there");
    }
    const parts = sizes.map((each) => this.#allocate(each));
    move(readvSync, this.fd, parts, start);
    Atomics.sub(this.words, PENDING, 1);
    return parts;
  }

  #allocate(size: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(size);
    if (size >= LARGE_PAGES_FROM) this.#libc.adviseLargePages(bytes);
    return bytes;
  }
}

function numbersIn(place: Uint8Array): number[] {
  const view = new DataView(place.buffer, place.byteOffset, place.length);
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return Array.from({ length: Math.floor(place.length / 8) }, (_, index) => view.getFloat64(index * 8, littleEndian));
}

type Move = (fd: number, parts: Uint8Array[], position: number) => number;

/** Reads or writes all of the parts, one after the other in the file. */
function move(call: Move, fd: number, parts: readonly Uint8Array[], start: number): void {
  let position = start;
  let index = 0; // of the first part that is not done,
  let done = 0; // of which so much is
  while (index < parts.length) {
    const batch: Uint8Array[] = [];
    let room = MOST_AT_ONCE;
    for (
      let next = index, from = done;
      next < parts.length && batch.length < MOST_PARTS && room > 0;
      next++, from = 0
    ) {
      const piece = (parts[next] as Uint8Array).subarray(from, from + room);
      batch.push(piece);
      room -= piece.length;
    }
    let moved = call(fd, batch, position);
    if (moved === 0 && room < MOST_AT_ONCE) throw new Error("the file ended early");
    position += moved;
    for (; index < parts.length && moved >= (parts[index] as Uint8Array).length - done; index++, done = 0) {
      moved -= (parts[index] as Uint8Array).length - done;
    }
    done += moved;
  }
}
