/** Where code runs: this process and its parent. */
import { processIdentity } from "@concurrent-futures/process-executor/host";

/** This process, seen from inside. */
export interface CurrentProcess {
  /** `MainProcess` in the program itself, a Process's own name in it, `ProcessPoolWorker-1`, ... in a pool's workers. */
  readonly name: string;
  /** Its number in the operating system. */
  readonly pid: number;
  /** Whether its parent may end while it runs: a Process with `daemon: true`, or a worker of a pool. */
  readonly daemon: boolean;
  /** Always true. */
  isAlive(): boolean;
}

/** The process that started this one. */
export interface ParentProcess {
  /** As `CurrentProcess.name` says it there. */
  readonly name: string;
  /** Its number in the operating system. */
  readonly pid: number;
  /** Whether it still is this process's parent. This process ends with it, so false is a matter of moments. */
  isAlive(): boolean;
}

/**
 * The process that this code runs in; the same for all of its threads.
 *
 * Semantics: multiprocessing.current_process, Python 3.14.
 */
export function currentProcess(): CurrentProcess {
  const { name, daemon } = processIdentity();
  return { name, pid: process.pid, daemon, isAlive: () => true };
}

/**
 * The process that started this one; undefined in the program itself.
 *
 * Semantics: multiprocessing.parent_process, Python 3.14.
 */
export function parentProcess(): ParentProcess | undefined {
  const { parent } = processIdentity();
  return parent && { ...parent, isAlive: () => process.ppid === parent.pid };
}
