/**
 * The lives of this process's threads, in memory that every thread started after this module was loaded gets to see.
 *
 *              ┌────────► in an addon ───┐
 *   living ────┤◄────────────────────────┘
 *      ▲       └────────► ending ──────────► ended
 *      └──────────── (its number is used again) ──┘
 *
 * L1  A thread is terminated only after it went from living to ending: never while it is in an addon. Node ends the whole
 *     process when an addon that is being loaded, or makes an object, finds that its thread may run no JavaScript any more.
 * L2  Only the thread itself enters and leaves an addon; only the thread that started it ends it, or it itself when that was lost.
 * L3  Where another thread loaded this module first, nothing is known of threads that ended: they count as living.
 */
import { types } from "node:util";
import { getEnvironmentData, threadId as ownId, setEnvironmentData } from "node:worker_threads";

const LIVING = 0;
const IN_ADDON = 1;
const ENDING = 2;
const ENDED = 3;

const KEY = "concurrent-futures.thread-lives";
/** Thread numbers wrap there. */
const THREADS = 65_536;
/** How often to look whether a thread has left an addon. */
const RETRY_MS = 1;
/** How long the end of the program waits for that; loading an addon takes some 10 ms. */
const EXIT_MS = 1000;
/** How long a thread waits for its termination, which takes microseconds, before it ends itself. */
const LOST_MS = 1000;

const states = new Uint8Array(sharedStates());
/** Those that this thread has started. */
const started = new Set<number>();

function sharedStates(): SharedArrayBuffer {
  const known: unknown = getEnvironmentData(KEY);
  if (types.isSharedArrayBuffer(known)) return known;
  const buffer = new SharedArrayBuffer(THREADS);
  setEnvironmentData(KEY, buffer);
  return buffer;
}

/** Notes that this thread has started another. */
export function noteThreadStart(threadId: number): void {
  Atomics.compareExchange(states, threadId % THREADS, ENDED, LIVING);
  if (started.size === 0) process.on("exit", endAll);
  started.add(threadId);
}

/** Notes that it has ended. */
export function noteThreadEnd(threadId: number): void {
  Atomics.store(states, threadId % THREADS, ENDED);
  started.delete(threadId);
  if (started.size === 0) process.off("exit", endAll);
}

/** Whether a thread is known to have ended. */
export function hasThreadEnded(threadId: number): boolean {
  return Atomics.load(states, threadId % THREADS) === ENDED;
}

/** Calls `terminate` as soon as the thread may be terminated (L1): at once, but for the moments in which it is in an addon. */
export function endThread(threadId: number, terminate: () => void): void {
  if (mayEnd(threadId)) terminate();
  else setTimeout(endThread, RETRY_MS, threadId, terminate);
}

/** Runs what calls an addon in a way that a termination must not interrupt (L1). Short, and never blocking. */
export function inAddon<T>(use: () => T): T {
  const before = Atomics.compareExchange(states, ownId % THREADS, LIVING, IN_ADDON);
  if (before === ENDING) endNow();
  try {
    return use();
  } finally {
    if (before === LIVING) Atomics.store(states, ownId % THREADS, LIVING);
  }
}

/** For the thread itself: its termination is to come, or has come and was lost (seen on Node 22 in a blocked thread). */
function endNow(): never {
  sleep(LOST_MS);
  process.exit(1);
}

function mayEnd(threadId: number): boolean {
  return Atomics.compareExchange(states, threadId % THREADS, LIVING, ENDING) !== IN_ADDON;
}

/** Node terminates the threads when the one that started them ends. */
function endAll(): void {
  const latest = performance.now() + EXIT_MS;
  for (const threadId of started) while (!mayEnd(threadId) && performance.now() < latest) sleep(RETRY_MS);
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
