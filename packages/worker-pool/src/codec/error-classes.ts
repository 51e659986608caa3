/**
 * The error classes that both sides have without importing anything: the language's and this project's own. The place
 * in this list is what a message calls a class by.
 */
import * as core from "@concurrent-futures/core";
import type { AnyClass } from "./host.js";

const BUILT_IN = [
  "Error",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "AggregateError",
  "SuppressedError", // Node >= 24
] as const;

const OWN = [
  core.ExecutorError,
  core.CancelledError,
  core.TimeoutError,
  core.InvalidStateError,
  core.ExecutorShutdownError,
  core.QueueFullError,
  core.BrokenExecutorError,
  core.BrokenThreadPoolError,
  core.BrokenProcessPoolError,
  core.WorkerCrashedError,
  core.TaskReferenceError,
  core.SerializationError,
] as const;

const globals = globalThis as unknown as Record<string, AnyClass | undefined>;
const classes: readonly (AnyClass | undefined)[] = [...BUILT_IN.map((name) => globals[name]), ...OWN];
const builtInNumbers = new Map<string, number>(BUILT_IN.map((name, number) => [name, number]));

/**
 * The class's number; undefined for one that is not in the list. Built-in ones of other realms count as this realm's, and
 * this project's own of other copies of core as this copy's.
 */
export function errorClassNumber(cls: AnyClass): number | undefined {
  const known = classes.indexOf(cls);
  if (known !== -1) return known;
  const mark = markOf(cls);
  const own = OWN.findIndex(({ prototype }) => prototype.name === mark);
  if (own !== -1) return BUILT_IN.length + own;
  const number = builtInNumbers.get(cls.name);
  return number !== undefined && Function.prototype.toString.call(cls).includes("[native code]") ? number : undefined;
}

function markOf(cls: AnyClass): unknown {
  try {
    return core.errorMark(cls.prototype);
  } catch {
    return undefined; // whatever an error has as its constructor: an arrow function, a proxy
  }
}

/** The class with a number; Error where this Node does not have it. */
export function errorClass(number: number): AnyClass {
  return classes[number] ?? Error;
}
