/**
 * A payload file: memory without a name (memfd) that carries large messages one way, past the pipe.
 *
 *   sender: reserve ──► write ──► a frame on the pipe says where ──► receiver: read ──► release
 *   large:  reserve ──► say where ──► (write a piece ──► say so ──► read it) until all is there ──► release
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
import { createWindowFile, dropPages, type Libc, Window } from "@concurrent-futures/shared/memory";
import { IN_FILE, IN_PIECES, PIECE } from "./messages.js";

/** How much may lie in the file at a time, unless it is one message. Also how much of it is mapped. */
const MOST_BYTES = 256 * 2 ** 20;
/** What is left of an idle file. */
export const KEPT_BYTES: number = 2 ** 20;
/** From here on memory is filled faster in large pages (of 2 MiB, aligned) than the question for them takes. */
const LARGE_PAGES_FROM = 4 * 2 ** 20;
/** Every message begins at a page: pages that are written whole need not be zeroed first. */
const PAGE = 4096;
/** From here on a message is written in pieces, so that the other side reads one while the next is being written. */
const IN_PIECES_FROM = 4 * 2 ** 20;
const PIECE_BYTES = 2 * 2 ** 20;
/** Told in the place of a piece. */
const GIVEN_UP = -1;
/** What the system takes in one call. */
const MOST_PARTS = 1024;
const MOST_AT_ONCE = 2 ** 30;

const PENDING = 0;
const CUTS = 1;
const CUTTING = -1;
const BLOCK = 512; // of stat(2)

/** @throws {Error} the system has no descriptors left */
export function createPayloadFile(libc: Libc): number {
  return createWindowFile(libc, MOST_BYTES);
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

/** Tells the other side something, through the pipe. */
export type Tell = (payload: Uint8Array, mark: number) => void;

/** The sender's end. */
export class PayloadSender extends PayloadFile {
  #end = 0;
  #made = 0; // the pages before this are there, unless the file was cut since,
  #cuts = 0; // which it was so often when that was noted

  /** Sends a message. Returns false where it has to take the pipe (F4). */
  write(parts: readonly Uint8Array[], tell: Tell): boolean {
    const place = new Float64Array(1 + parts.length);
    let size = 0;
    for (const [index, { length }] of parts.entries()) {
      place[1 + index] = length;
      size += length;
    }
    const start = this.closed ? undefined : this.#reserve(size);
    if (start === undefined) return false;
    place[0] = start;
    const inPieces = size >= IN_PIECES_FROM && start + size <= MOST_BYTES; // what does not grow the file
    if (inPieces) tell(bytesOf(place), IN_PIECES);
    let written = 0;
    for (const piece of piecesOf(parts, inPieces ? PIECE_BYTES : size)) {
      const length = piece.reduce((sum, part) => sum + part.length, 0);
      if (!this.#write(piece, start + written, length)) {
        if (inPieces) tell(bytesOf(new Float64Array([GIVEN_UP])), PIECE);
        Atomics.sub(this.words, PENDING, 1);
        return false;
      }
      written += length;
      if (inPieces) tell(bytesOf(new Float64Array([written])), PIECE);
    }
    if (!inPieces) tell(bytesOf(place), IN_FILE);
    return true;
  }

  /** Returns false when there is no memory left, or a task closed what was not its own. */
  #write(parts: readonly Uint8Array[], start: number, size: number): boolean {
    const cuts = Atomics.load(this.words, CUTS); // none happens before the message is released
    if (cuts !== this.#cuts) this.#made = Math.min(this.#made, KEPT_BYTES);
    this.#cuts = cuts;
    const window = start + size <= this.#made ? this.windowOver(start, size) : undefined;
    if (window !== undefined) {
      let at = start;
      for (const part of parts) {
        window.write(at, part);
        at += part.length;
      }
      return true;
    }
    try {
      move(writevSync, this.fd, parts, start);
    } catch {
      return false;
    }
    if (start <= this.#made) this.#made = Math.max(this.#made, Math.ceil((start + size) / PAGE) * PAGE);
    return true;
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

/** A message that is being read. */
interface Incoming {
  readonly parts: readonly Buffer[];
  readonly start: number;
  readonly size: number;
  read: number;
}

/** The receiver's end. What it is told may be whatever a task made of it. */
export class PayloadReceiver extends PayloadFile {
  #incoming: Incoming | undefined; // while a message is written in pieces

  /**
   * Copies a message out of the file, each part into memory of its own, and gives its room back.
   *
   * @throws {Error} there is no such message, or no memory for it
   */
  read(place: Uint8Array): Buffer[] {
    const incoming = this.#begin(place);
    return this.#read(incoming, incoming.size) as Buffer[];
  }

  /** The same for a message that arrives in pieces: begins with it. @throws {Error} likewise */
  begin(place: Uint8Array): void {
    this.#incoming = this.#begin(place);
  }

  /** A piece of it is there. Returns all of it with the last one. @throws {Error} it cannot be there */
  piece(told: Uint8Array): Buffer[] | undefined {
    const incoming = this.#incoming;
    const [until = Number.NaN] = numbersIn(told);
    if (until === GIVEN_UP) {
      this.#incoming = undefined;
      return undefined;
    }
    if (this.closed || incoming === undefined || !(until > incoming.read && until <= incoming.size)) throw notThere();
    const parts = this.#read(incoming, until);
    if (parts !== undefined) this.#incoming = undefined;
    return parts;
  }

  #begin(place: Uint8Array): Incoming {
    const [start = -1, ...sizes] = numbersIn(place);
    const size = sizes.reduce((sum, each) => sum + each, 0);
    const isPlace = [start, ...sizes, size].every((number) => Number.isSafeInteger(number) && number >= 0);
    if (this.closed || !isPlace || sizes.length === 0 || start + size > fstatSync(this.fd).size) throw notThere();
    return { parts: sizes.map((each) => this.#allocate(each)), start, size, read: 0 };
  }

  /** Reads on until there. Returns the parts when all of them are. */
  #read(incoming: Incoming, until: number): Buffer[] | undefined {
    const { start, size, read } = incoming;
    const parts: Uint8Array[] = [];
    let at = 0; // where the part begins in the message
    for (const part of incoming.parts) {
      if (at < until && at + part.length > read) parts.push(part.subarray(Math.max(0, read - at), until - at));
      at += part.length;
    }
    const window = this.windowOver(start + read, until - read);
    if (window === undefined) {
      move(readvSync, this.fd, parts, start + read);
    } else {
      let from = start + read;
      for (const part of parts) {
        window.read(from, part);
        from += part.length;
      }
    }
    incoming.read = until;
    if (until < size) return undefined;
    Atomics.sub(this.words, PENDING, 1);
    return [...incoming.parts];
  }

  #allocate(size: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(size);
    if (size >= LARGE_PAGES_FROM) this.libc.adviseLargePages(bytes);
    return bytes;
  }
}

function notThere(): Error {
  return new Error("its data channel spoke of a message that is not there");
}

function bytesOf({ buffer }: Float64Array): Uint8Array {
  return Buffer.from(buffer);
}

/** The parts in pieces of so many bytes. */
function* piecesOf(parts: readonly Uint8Array[], bytes: number): Generator<Uint8Array[]> {
  let piece: Uint8Array[] = [];
  let room = bytes;
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const some = part.subarray(at, at + room);
      piece.push(some);
      at += some.length;
      room -= some.length;
      if (room > 0) continue;
      yield piece;
      piece = [];
      room = bytes;
    }
  }
  if (piece.length > 0) yield piece;
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
