/**
 * Errors for workers that ended: what is known of the end, in words and fields.
 */
import { WorkerCrashedError } from "@concurrent-futures/core";
import type { Phase } from "./claims.js";
import type { WorkerExit } from "./transport.js";

const DOING = {
  decoding: "decoded the arguments of",
  importing: "imported the module of",
  running: "ran",
  encoding: "encoded the result of",
} as const;

/**
 * @param worker what to call the worker
 * @param call the name of the task that it ran, and how far it was; if it ran one
 */
export function crashError(
  worker: string,
  exit: WorkerExit,
  call: { name: string; phase: Phase } | undefined,
): WorkerCrashedError {
  const doing = call === undefined ? "while it ran no task" : `while it ${DOING[call.phase]} \`${call.name}\``;
  const cause = exit.error === undefined ? undefined : { cause: exit.error };
  return new WorkerCrashedError(`The ${worker} ${describeExit(exit)} ${doing}${tail(exit.stderr)}`, exit, cause);
}

/** For a call whose worker crashed, and whose pool was ended by force before it could run again. */
export function crashedBeforeRetry(task: string): WorkerCrashedError {
  return new WorkerCrashedError(`The worker that ran \`${task}\` crashed, and the pool was ended before it ran again`);
}

function describeExit({ exitCode, signal, error }: WorkerExit): string {
  if (signal !== undefined) return `was ended by ${signal}`;
  if (error !== undefined) return `failed (${error instanceof Error ? error.message : String(error)})`;
  return `exited with code ${exitCode}`;
}

function tail(stderr: string): string {
  return stderr === "" ? "" : `; the last that it wrote to stderr:\n${stderr}`;
}
