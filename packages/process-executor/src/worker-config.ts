/**
 * What a worker process is told at its start, and the descriptors that it is born with.
 *
 *   fd  what                          worker's use
 *   0   /dev/null
 *   1   stdout                        the task's
 *   2   stderr                        the task's; the parent keeps its last lines
 *   3   frames from the parent        reads; its end means that the parent is gone
 *   4   wake-ups, both ways           one byte each; without shared memory, unused
 *   5   frames to the parent          writes, blocking, so that a result is out before the next task runs
 *   6   the shared memory             mapped, then closed at once; not always there
 *   7   payloads from the parent      reads (payload-file.ts); there where 6 is
 *   8   payloads to the parent        writes; both get another number at once
 *
 * Tasks can write to all of them. What lands on 3 and 4 is ignored; junk on 5 ends this worker, and no other. There is
 * no IPC channel: junk on it would throw inside the parent's own event loop (JSON.parse, and assertions, in Node).
 */

import type { ProcessIdentity } from "./process-identity.js";

export const FRAMES_IN = 3;
export const WAKE = 4;
export const FRAMES_OUT = 5;
export const MEMORY = 6;
export const PAYLOADS_IN = 7;
export const PAYLOADS_OUT = 8;

/** The environment variable that carries the config; the worker deletes it before any task runs. */
export const CONFIG_VARIABLE = "CONCURRENT_FUTURES_WORKER";

export interface WorkerConfig {
  readonly identity: ProcessIdentity;
  /** Process id of the parent: a worker whose parent is another one by now has been left behind. */
  readonly parent: number;
  /** Size of the shared memory; 0: there is none, nor a WAKE. */
  readonly memoryBytes: number;
  /** Where the parent found koffi's addon, see libc.ts. */
  readonly addon: string;
}

/** @throws {Error} this process was not started by a ProcessPoolExecutor */
export function takeConfig(): WorkerConfig {
  const text = process.env[CONFIG_VARIABLE];
  if (text === undefined) {
    throw new Error("This module is the entry of worker processes; it is started by ProcessPoolExecutor, not by hand");
  }
  delete process.env[CONFIG_VARIABLE];
  return JSON.parse(text);
}
