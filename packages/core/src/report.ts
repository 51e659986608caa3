/**
 * Saying what went wrong where nobody can be told by a throw: as a warning on Node, on the console elsewhere.
 */
import { nodeProcess } from "./platform.js";

/** Reports `error`, introduced by `what` happened. `type` is the warning's name. Never throws. */
export function report(type: string, what: string, error: unknown): void {
  warn(type, what, describeThrown(error));
}

/** The same where the error is text already. */
export function warn(type: string, what: string, detail: string): void {
  if (nodeProcess?.emitWarning) nodeProcess.emitWarning(what, { type, detail });
  else console.error(`${type}: ${what}\n${detail}`);
}

/** Text for anything that can be thrown. */
export function describeThrown(error: unknown): string {
  try {
    const stack = (error as { stack?: unknown } | null | undefined)?.stack;
    return typeof stack === "string" && stack !== "" ? stack : `Thrown: ${String(error)}`;
  } catch {
    return "Thrown: a value that cannot be shown"; // a symbol-less object, or a getter that throws
  }
}
