/**
 * Window: the front of a file in memory, mapped into this process and copied to and from by address.
 *
 *   Libc.createMemory ──► open ──► write, read ──► close: unmapped
 *
 * N1  No ArrayBuffer lies over it, so there is no view that could outlive the mapping.
 * N2  The file is at least as long as the window and sealed: nobody can make it shorter, so no access goes beyond its end.
 */
import type { Libc } from "./libc.js";

const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_FAILED = 2 ** 64; // as a number
const FALLOC_FL_PUNCH_HOLE = 3; // and keep the size

interface Calls {
  readonly fallocate: (fd: number, mode: number, from: number, bytes: number) => number;
  readonly mmap: (at: number, bytes: number, protection: number, flags: number, fd: number, from: number) => number;
  readonly munmap: (at: number, bytes: number) => number;
  readonly copyIn: (to: number, from: Uint8Array, bytes: number) => void;
  readonly copyOut: (to: Uint8Array, from: number, bytes: number) => void;
}

let calls: Calls | undefined; // bound when first needed

function callsOf(libc: Libc): Calls {
  calls ??= {
    fallocate: libc.bind("int fallocate(int, int, long, long)"),
    mmap: libc.bind("size_t mmap(size_t, size_t, int, int, int, long)"),
    munmap: libc.bind("int munmap(size_t, size_t)"),
    copyIn: libc.bind("void memcpy(size_t, const void *, size_t)"),
    copyOut: libc.bind("void memcpy(void *, size_t, size_t)"),
  };
  return calls;
}

/** Gives the memory of a part of a file back to the system; it reads as zeros then. Returns whether it could. */
export function dropPages(libc: Libc, fd: number, from: number, bytes: number): boolean {
  return callsOf(libc).fallocate(fd, FALLOC_FL_PUNCH_HOLE, from, bytes) === 0;
}

export class Window {
  readonly bytes: number;
  readonly #calls: Calls;
  #address: number; // 0 once it is closed

  private constructor(calls: Calls, address: number, bytes: number) {
    this.#calls = calls;
    this.#address = address;
    this.bytes = bytes;
  }

  /** Maps the front of memory that is at least this long; undefined where the system refuses. */
  static open(libc: Libc, fd: number, bytes: number): Window | undefined {
    const calls = callsOf(libc);
    const address = Number(calls.mmap(0, bytes, PROT_READ_WRITE, MAP_SHARED, fd, 0));
    return address >= MAP_FAILED ? undefined : new Window(calls, address, bytes);
  }

  /** @throws {RangeError} that is not all in the window */
  write(at: number, bytes: Uint8Array): void {
    this.#calls.copyIn(this.#addressOf(at, bytes), bytes, bytes.length);
  }

  /** Fills `bytes`. @throws {RangeError} that is not all in the window */
  read(at: number, bytes: Uint8Array): void {
    this.#calls.copyOut(bytes, this.#addressOf(at, bytes), bytes.length);
  }

  close(): void {
    if (this.#address === 0) return;
    this.#calls.munmap(this.#address, this.bytes);
    this.#address = 0;
  }

  #addressOf(at: number, { length }: Uint8Array): number {
    if (this.#address !== 0 && Number.isSafeInteger(at) && at >= 0 && at + length <= this.bytes) {
      return this.#address + at;
    }
    throw new RangeError(`Expected ${length} bytes at ${at} to lie in a window of ${this.bytes}`);
  }
}
