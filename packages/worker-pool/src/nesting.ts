/**
 * Pools inside of workers: how deep this one is, and whether code that starts a pool here means to.
 *
 * An entry module without a main guard starts its pool again in each worker that imports it, and those workers do the
 * same. That is refused where it begins, while a worker imports; what escapes that (a timer that the module sets) ends
 * at MAX_DEPTH.
 */
import { ExecutorError, type TaskContext, taskContext } from "@concurrent-futures/core";
import { isImporting } from "./references/index.js";
import { threadState } from "./thread-state.js";

const MAX_DEPTH = 8;
const GUARD = "Guard the main part of the module: `if (isMain(import.meta)) { ... }`";

const state = threadState("nesting", () => ({ depth: 0 }));

/** How many workers are around this one: 0 in the main program. */
export function nestingDepth(): number {
  return state.depth;
}

/** The runtime says so when it starts. */
export function setNestingDepth(value: number): void {
  state.depth = value;
}

/** The context in which a worker imports modules: that of no task. */
export const importContext: TaskContext = {
  signal: new AbortController().signal,
  progress: () => {},
  workerId: 0,
  name: "",
};

/**
 * Refuses to start a pool here, if that would never end.
 *
 * @throws {ExecutorError} a module starts a pool while a worker imports it, or pools are nested without end
 */
export function checkNesting(): void {
  if (state.depth > 0 && isImporting() && taskContext().workerId === 0) {
    throw new ExecutorError(`A module that a worker imports starts an executor while it is being imported. ${GUARD}`);
  }
  if (state.depth >= MAX_DEPTH) {
    throw new ExecutorError(`Workers have started workers ${MAX_DEPTH} levels deep, which looks like no end. ${GUARD}`);
  }
}
