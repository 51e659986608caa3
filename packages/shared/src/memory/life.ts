/**
 * Who lives: threads and processes by a number and the time at which they started, since numbers are used again.
 *
 * On Linux that is the number and start time that the system has for each thread, a process being its main thread, so
 * one question serves for both. Elsewhere threads of one process are all that can share anything: there it is Node's
 * number for the thread, and the executors note which threads have ended.
 */
import { threadId } from "node:worker_threads";
import { hasThreadEnded } from "@concurrent-futures/worker-pool";
import type { Libc } from "./libc.js";

/** A thread, among all that there ever were. */
export interface Life {
  readonly number: number;
  /** Wraps at 2^31. */
  readonly startedAt: number;
}

/** Fields of /proc/PID/stat, counted from the one after the program's name. */
const STATE = 0;
const START_TIME = 19;
const GONE = new Set(["Z", "X", "x"]);
/** A start time that could not be found out. */
const UNKNOWN = 0;
/** Numbers of threads are below 2 ^ NUMBER_BITS, on all of Linux. */
const NUMBER_BITS = 22;

/** This thread. */
export function thisLife(libc: Libc | undefined): Life {
  if (libc === undefined) return { number: threadId + 1, startedAt: UNKNOWN };
  const number = libc.threadNumber();
  return { number, startedAt: startTime(libc, number) ?? UNKNOWN };
}

/** Whether a thread has neither ended nor been replaced by another of the same number. In doubt, it lives. */
export function isAlive(libc: Libc | undefined, { number, startedAt }: Life): boolean {
  if (libc === undefined) return !hasThreadEnded(number - 1);
  if (startedAt === UNKNOWN) return true;
  const now = startTime(libc, number);
  return now === startedAt || now === UNKNOWN;
}

/** A thread in a single positive word: its number, and enough of its start time to tell it from the next one's. */
export function badgeOf({ number, startedAt }: Life): number {
  return (number | (startedAt << NUMBER_BITS)) & 0x7fff_ffff;
}

export function isBadgeAlive(libc: Libc | undefined, badge: number): boolean {
  const number = badge & (2 ** NUMBER_BITS - 1);
  if (libc === undefined) return !hasThreadEnded(number - 1);
  const now = startTime(libc, number);
  return now === UNKNOWN || (now !== undefined && badgeOf({ number, startedAt: now }) === badge);
}

/** Undefined where there is no such thread, or nothing but its exit status is left. */
function startTime(libc: Libc, thread: number): number | undefined {
  let stat: string | undefined;
  try {
    stat = libc.readFile(`/proc/${thread}/stat`);
  } catch {
    return UNKNOWN; // no descriptor is left, say: nobody may be taken for dead because of that
  }
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return GONE.has(fields[STATE] ?? "X") ? undefined : Number(fields[START_TIME]) % 2 ** 31;
}
