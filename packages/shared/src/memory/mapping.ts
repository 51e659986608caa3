/**
 * Mapping: memory that a shared object lives in. Where koffi works that is a memfd, mapped here, which other processes
 * open through this one's descriptor; elsewhere a SharedArrayBuffer, for threads only.
 *
 *   create ──► mapped ──the last thread of this process lets go──► descriptor closed, addresses empty
 *   open   ──┘
 *
 * P1  Threads of one process use one mapping and one descriptor; another process opens its own.
 * P2  Addresses are never unmapped, only emptied: a view that is still alive somewhere reads memory of its own.
 * P3  Addresses of data that no view of the program's was ever given out for are used again: a queue takes a GiB of
 *     them, and after 100,000 queues none would be left.
 */
import { HEADER_BYTES } from "../layout.js";
import { type Libc, loadLibc, PAGE } from "./libc.js";

/** Memory of a process: how others get at it. */
export interface ProcessMemory {
  readonly pid: number;
  readonly fd: number;
  /** Where it lies in that process. */
  readonly address: number;
  /** All of the data. */
  readonly bytes: number;
  /** How much of the data, from the start, is looked at for as long as it is used. */
  readonly viewed: number;
}
/** Memory of threads: travels as it is. */
export interface ThreadMemory {
  readonly header: SharedArrayBuffer;
  readonly data: SharedArrayBuffer;
}

/** Header and data are buffers of their own, so that whoever is given the data's cannot do anything to the header. */
export interface Mapping {
  readonly header: ArrayBufferLike;
  /** What is viewed of it; all where it is a SharedArrayBuffer. */
  readonly data: ArrayBufferLike;
  readonly bytes: number;
  /** What `openMapping` takes, also in another thread; in another process where it is a ProcessMemory. */
  readonly source: ProcessMemory | ThreadMemory;
  /** Where the header lies in this process, and the data behind it; undefined for SharedArrayBuffers. */
  readonly address: number | undefined;
}

/** @param viewed  how much of the data to look at: the rest is seen through views of its own */
export function createMapping(bytes: number, viewed: number = bytes): Mapping {
  const libc = loadLibc();
  if (libc === undefined) return ofThreads(new SharedArrayBuffer(HEADER_BYTES), new SharedArrayBuffer(bytes));
  return map(libc, libc.createMemory(HEADER_BYTES + bytes), bytes, viewed);
}

/** @throws {Error} this process cannot share memory with others, or the memory is gone */
export function openMapping(source: ProcessMemory | ThreadMemory): Mapping {
  if ("header" in source) return ofThreads(source.header, source.data);
  const libc = loadLibc();
  if (libc === undefined) {
    throw new Error(
      "This process cannot share memory with others: that takes Linux and the package koffi, " +
        "and leave to load addons (`addons` in `permission`, no --no-addons)",
    );
  }
  checkMemory(source);
  const { pid, fd, address, bytes, viewed } = source;
  if (pid === process.pid) {
    if (!libc.isMapped(address, HEADER_BYTES + bytes)) throw new Error("it has been dropped since it was sent");
    return { ...viewsOf(libc, source), source };
  }
  return map(libc, libc.openMemory(pid, fd, HEADER_BYTES + bytes), bytes, viewed);
}

/** Numbers that a worker made up must not lead to addresses where nothing is. */
function checkMemory({ pid, fd, address, bytes, viewed }: ProcessMemory): void {
  const isNumber = [pid, fd, address, bytes, viewed].every((number) => Number.isSafeInteger(number) && number >= 0);
  if (isNumber && viewed <= bytes && address % PAGE === 0) return;
  throw new TypeError("this is not where a memory lies");
}

/** The header of memory that is mapped here. */
export function viewHeader({ address }: ProcessMemory): ArrayBuffer | undefined {
  return loadLibc()?.viewMemory(address, HEADER_BYTES);
}

/** Addresses that this thread has discarded and may use again (P3), by how many bytes of data they are for. */
const discarded = new Map<number, number[]>();

/** The last use of it in this process is over. */
export function discardMapping({ fd, address, bytes, viewed }: ProcessMemory): void {
  const libc = loadLibc();
  libc?.discardMemory(address, HEADER_BYTES + bytes);
  libc?.close(fd);
  if (viewed > 0) return;
  const same = discarded.get(bytes);
  if (same === undefined) discarded.set(bytes, [address]);
  else same.push(address);
}

function ofThreads(header: SharedArrayBuffer, data: SharedArrayBuffer): Mapping {
  return { header, data, bytes: data.byteLength, source: { header, data }, address: undefined };
}

function map(libc: Libc, fd: number, bytes: number, viewed: number): Mapping {
  try {
    const at = viewed === 0 ? discarded.get(bytes)?.pop() : undefined;
    const { address } = libc.mapMemory(fd, HEADER_BYTES + bytes, HEADER_BYTES, at);
    const source = { pid: process.pid, fd, address, bytes, viewed };
    return { ...viewsOf(libc, source), source };
  } catch (error) {
    libc.close(fd);
    throw error;
  }
}

function viewsOf(libc: Libc, { address, bytes, viewed }: ProcessMemory): Omit<Mapping, "source"> {
  const header = libc.viewMemory(address, HEADER_BYTES);
  const data = viewed === 0 ? new ArrayBuffer(0) : libc.viewMemory(address + HEADER_BYTES, viewed);
  return { header, data, bytes, address };
}
