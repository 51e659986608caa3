/**
 * Running callbacks that belong to others: in order, and none can stop the next or the caller.
 */
import { report } from "./report.js";

/** Calls `callback(value)`; what it throws, or its promise rejects with, is reported as coming from `kind`. */
export function notify<V>(kind: string, callback: (value: V) => unknown, value: V): void {
  try {
    const returned = callback(value);
    if (isThenable(returned)) returned.then(undefined, (error: unknown) => reportCallback(kind, error));
  } catch (error) {
    reportCallback(kind, error);
  }
}

/** Calls each callback in turn. */
export function notifyAll<V>(kind: string, callbacks: Iterable<(value: V) => unknown>, value: V): void {
  for (const callback of callbacks) notify(kind, callback, value);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) return false;
  return typeof (value as { then?: unknown }).then === "function";
}

function reportCallback(kind: string, error: unknown): void {
  report("FutureCallbackWarning", `A ${kind} callback of a future failed`, error);
}
