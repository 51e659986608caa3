/**
 * Who lives: threads and processes by a number and the time at which they started, since numbers are used again.
 *
 * On Linux that is the number and start time that the system has for each thread, a process being its main thread, so
 * one question serves for both. Elsewhere threads of one process are all that can share anything: there it is Node's
 * number for the thread, and the executors note which threads have ended.
 */
import { readFileSync } from "node:fs";
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

/** This thread. */
export function thisLife(libc: Libc | undefined): Life {
  if (libc === undefined) return { number: threadId + 1, startedAt: 0 };
  const number = libc.threadNumber();
  return { number, startedAt: startTime(number) ?? 0 };
}

/** Whether a thread has neither ended nor been replaced by another of the same number. */
export function isAlive(libc: Libc | undefined, { number, startedAt }: Life): boolean {
  if (libc === undefined) return !hasThreadEnded(number - 1);
  return startTime(number) === startedAt;
}

/** Undefined where there is no such thread, or nothing but its exit status is left. */
function startTime(thread: number): number | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${thread}/stat`, "latin1");
  } catch (error) {
    // Not allowed to look (permission model): 0, for everybody, which counts as alive.
    return (error as NodeJS.ErrnoException).code === "ERR_ACCESS_DENIED" ? 0 : undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return GONE.has(fields[STATE] ?? "X") ? undefined : Number(fields[START_TIME]) % 2 ** 31;
}
