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
 *   CUTS      how often that was done                               parent
 *
 * F1  Pages that are there are written through the window (shared/memory/window.ts). New ones are made by a system call:
 *     it need not zero them first, and where the system has none left it fails, while touching them would be a fault.
 * F2  PENDING changes by compare-exchange. What was reserved is not written again before its receiver has released it,
 *     and the receiver has a copy of its own before it looks at anything.
 * F3  The parent has both files open: what a worker wrote can be read when the worker is gone.
 * F4  A message that finds no room, or the file being cut, goes through the pipe. The order is the pipe's either way.
 */
import { fstatSync, readvSync, writevSync } from "node:fs";
import { dropPages, type Libc, Window } from "@concurrent-futures/shared/memory";

/** How much may lie in the file at a time, unless it is one message. Also how much of it is mapped. */
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
const CUTS = 1;
const CUTTING = -1;
const BLOCK = 512; // of stat(2)

/** @throws {Error} the system has no descriptors left */
export function createPayloadFile(libc: Libc): number {
  return libc.createMemory(MOST_BYTES);
}

/** An end of a payload file. */
class PayloadFile {
  readonly fd: number;
  protected readonly words: Int32Array;
  protected readonly libc: Libc;
  protected closed = false; // the number may be another file's by now
  #window: Window | undefined | null = null; // null: not needed yet

  /**
   * @param fd what `createPayloadFile` gave, or this process's descriptor of it
   * @param words the file's words, in memory that both sides see
   */
  constructor(libc: Libc, fd: number, words: Int32Array) {
    this.libc = libc;
    this.fd = fd;
    this.words = words;
  }

  /** The window, where this part of the file is in it. */
  protected windowOver(start: number, size: number): Window | undefined {
    if (start + size > MOST_BYTES) return undefined;
    if (this.#window === null) this.#window = Window.open(this.libc, this.fd, MOST_BYTES);
    return this.#window;
  }

  /** Gives back the memory of a file that nothing lies in. Returns false while something does. The parent's only. */
  cut(): boolean {
    if (this.closed) return true;
    const { blocks, size } = fstatSync(this.fd);
    if (blocks * BLOCK <= KEPT_BYTES) return true;
    if (Atomics.compareExchange(this.words, PENDING, 0, CUTTING) !== 0) return false;
    dropPages(this.libc, this.fd, KEPT_BYTES, size - KEPT_BYTES);
    Atomics.add(this.words, CUTS, 1);
    Atomics.store(this.words, PENDING, 0);
    return true;
  }

  /** Touches the file no more; whoever opened it closes it. */
  close(): void {
    this.closed = true;
    this.#window?.close();
  }
}

/** The sender's end. */
export class PayloadSender extends PayloadFile {
  #end = 0;
  #made = 0; // the pages before this are there, unless the file was cut since,
  #cuts = 0; // which it was so often when that was noted

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
      this.#write(parts, start, size);
    } catch {
      Atomics.sub(this.words, PENDING, 1); // no memory left, or a task closed what was not its own
      return undefined;
    }
    return Buffer.from(place.buffer);
  }

  #write(parts: readonly Uint8Array[], start: number, size: number): void {
    const cuts = Atomics.load(this.words, CUTS); // none happens before the message is released
    if (cuts !== this.#cuts) this.#made = Math.min(this.#made, KEPT_BYTES);
    this.#cuts = cuts;
    const window = start + size <= this.#made ? this.windowOver(start, size) : undefined;
    if (window === undefined) {
      move(writevSync, this.fd, parts, start);
      if (start <= this.#made) this.#made = Math.max(this.#made, this.#end);
      return;
    }
    let at = start;
    for (const part of parts) {
      window.write(at, part);
      at += part.length;
    }
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
    this.#read(parts, start, size);
    Atomics.sub(this.words, PENDING, 1);
    return parts;
  }

  #read(parts: readonly Uint8Array[], start: number, size: number): void {
    const window = this.windowOver(start, size);
    if (window === undefined) {
      move(readvSync, this.fd, parts, start);
      return;
    }
    let at = start;
    for (const part of parts) {
      window.read(at, part);
      at += part.length;
    }
  }

  #allocate(size: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(size);
    if (size >= LARGE_PAGES_FROM) this.libc.adviseLargePages(bytes);
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
