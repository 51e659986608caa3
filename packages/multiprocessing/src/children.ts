/** The processes that this thread has started and whose end it has not heard of. */
import type { Process } from "./process.js";

const alive = new Set<Process>();

export function noteStart(process: Process): void {
  alive.add(process);
}

export function noteEnd(process: Process): void {
  alive.delete(process);
}

/**
 * The processes that this thread has started and that have not ended.
 *
 * Semantics: multiprocessing.active_children, Python 3.14.
 * Differs (D-52): workers of pools are not among them.
 */
export function activeChildren(): Process[] {
  return [...alive];
}
