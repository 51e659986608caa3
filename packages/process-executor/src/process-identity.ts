/**
 * Who this process is among those that start one another: the same in all of its threads, so it lies where Node hands
 * it on to every thread.
 */
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";

export interface ProcessIdentity {
  /** `MainProcess` for a program that nobody of this project started. */
  readonly name: string;
  /** Whether it ends with its parent, which does not wait for it. */
  readonly daemon: boolean;
  /** Which child it is of its parent's, and that of its own, and so on: `[2, 1]` is the main program's second's first. */
  readonly path: readonly number[];
  /** Who started it; undefined for the main program. */
  readonly parent: { readonly pid: number; readonly name: string } | undefined;
}

/** What whoever starts a process decides. */
export type ProcessName = Omit<ProcessIdentity, "parent">;

const KEY = "concurrent-futures.process";
const MAIN: ProcessIdentity = { name: "MainProcess", daemon: false, path: [], parent: undefined };

/** Who this process is. */
export function processIdentity(): ProcessIdentity {
  return (getEnvironmentData(KEY) as ProcessIdentity | undefined) ?? MAIN;
}

/** A process says so when it starts, before it starts threads. */
export function setProcessIdentity(identity: ProcessIdentity): void {
  setEnvironmentData(KEY, { ...identity });
}

/** What a child of this process is told. */
export function childIdentity({ name, daemon, path }: ProcessName): ProcessIdentity {
  return { name, daemon, path, parent: { pid: process.pid, name: processIdentity().name } };
}

/** The name of a pool's worker. It is a daemon: nobody waits for a worker that has nothing to do. */
export function poolWorkerName(workerId: number): ProcessName {
  return { name: `ProcessPoolWorker-${workerId}`, daemon: true, path: [...processIdentity().path, workerId] };
}
