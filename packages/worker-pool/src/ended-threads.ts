/**
 * Which threads of this process have ended, for those who share memory with them: a bit for each, in memory that every
 * thread started after this module was loaded gets to see. Where another thread loaded it first, nothing is known of
 * threads that ended, and all count as living.
 */
import { types } from "node:util";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";

const KEY = "concurrent-futures.ended-threads";
/** Thread numbers wrap there; a bit is cleared when its number starts again. */
const THREADS = 65_536;

const bits = new Int32Array(sharedBits());

function sharedBits(): SharedArrayBuffer {
  const known: unknown = getEnvironmentData(KEY);
  if (types.isSharedArrayBuffer(known)) return known;
  const buffer = new SharedArrayBuffer(THREADS / 8);
  setEnvironmentData(KEY, buffer);
  return buffer;
}

/** Notes that a thread was started. */
export function noteThreadStart(threadId: number): void {
  Atomics.and(bits, wordOf(threadId), ~bitOf(threadId));
}

/** Notes that a thread has ended. */
export function noteThreadEnd(threadId: number): void {
  Atomics.or(bits, wordOf(threadId), bitOf(threadId));
}

export function hasThreadEnded(threadId: number): boolean {
  return (Atomics.load(bits, wordOf(threadId)) & bitOf(threadId)) !== 0;
}

function wordOf(threadId: number): number {
  return (threadId % THREADS) >> 5;
}

function bitOf(threadId: number): number {
  return 1 << (threadId & 31);
}
