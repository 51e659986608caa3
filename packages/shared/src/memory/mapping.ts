/**
 * Mapping: memory that a shared object lives in. Where koffi works that is a memfd, mapped here, which other processes
 * open through this one's descriptor; elsewhere a SharedArrayBuffer, for threads only.
 *
 *   create ──► mapped ──the last thread of this process lets go──► descriptor closed, addresses empty
 *   open   ──┘
 *
 * P1  Threads of one process use one mapping and one descriptor; another process opens its own.
 * P2  Addresses are never unmapped, only emptied: a view that is still alive somewhere reads memory of its own.
 */
import { type Libc, loadLibc } from "./libc.js";

/** Memory of a process: how others get at it. */
export interface ProcessMemory {
  readonly pid: number;
  readonly fd: number;
  readonly address: number;
  readonly bytes: number;
  /** How much of it, from the start, is looked at for as long as it is used. */
  readonly viewed: number;
}
/** Memory of threads: travels as it is. */
export interface ThreadMemory {
  readonly buffer: SharedArrayBuffer;
}

export interface Mapping {
  /** What is viewed of it; all where it is a SharedArrayBuffer. */
  readonly buffer: ArrayBufferLike;
  readonly bytes: number;
  /** What `openMapping` takes, also in another thread; in another process where it is a ProcessMemory. */
  readonly source: ProcessMemory | ThreadMemory;
  /** Where it lies in this process; undefined for a SharedArrayBuffer. */
  readonly address: number | undefined;
}

/** @param viewed  how much of it to look at: the rest is seen through views of its own */
export function createMapping(bytes: number, viewed: number = bytes): Mapping {
  const libc = loadLibc();
  if (libc === undefined) return ofThreads(new SharedArrayBuffer(bytes));
  return map(libc, libc.createMemory(bytes), bytes, viewed);
}

/** @throws {Error} this process cannot share memory with others, or the memory is gone */
export function openMapping(source: ProcessMemory | ThreadMemory): Mapping {
  if ("buffer" in source) return ofThreads(source.buffer);
  const libc = loadLibc();
  if (libc === undefined) {
    throw new Error("This process cannot share memory with others: that takes Linux and the package koffi");
  }
  const { pid, fd, address, bytes, viewed } = source;
  if (pid === process.pid) return { buffer: libc.viewMemory(address, viewed), bytes, source, address };
  return map(libc, libc.openMemory(pid, fd, bytes), bytes, viewed);
}

/** The last use of it in this process is over. */
export function discardMapping({ fd, address, bytes }: ProcessMemory): void {
  const libc = loadLibc();
  libc?.discardMemory(address, bytes);
  libc?.close(fd);
}

function ofThreads(buffer: SharedArrayBuffer): Mapping {
  return { buffer, bytes: buffer.byteLength, source: { buffer }, address: undefined };
}

function map(libc: Libc, fd: number, bytes: number, viewed: number): Mapping {
  try {
    const { address, buffer } = libc.mapMemory(fd, bytes, viewed);
    return { buffer, bytes, source: { pid: process.pid, fd, address, bytes, viewed }, address };
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}
