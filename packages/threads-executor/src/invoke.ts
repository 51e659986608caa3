/** One call of an exposed function, on a thread. */
import { type AnyFunction, SerializationError } from "@concurrent-futures/core";
import { type CallKind, ThreadCalls } from "./thread-calls.js";
import type { Invocation, SpawnedThread } from "./threads-api.js";

/** A call that is under way. */
export interface Invoked {
  /** The result: what a promise gave, or an observable last. */
  readonly result: Promise<unknown>;
  /** Ends an observable. Returns false if it is none: a function that runs cannot be told to stop. */
  stop(): boolean;
}

/**
 * Calls `fn`, which belongs to `thread`. The values of an observable go to `onValue` as they come.
 */
export function invoke(
  thread: SpawnedThread,
  fn: AnyFunction,
  args: readonly unknown[],
  onValue: (value: unknown) => void,
): Invoked {
  const calls = ThreadCalls.of(thread);
  const kind: CallKind = { observable: false };
  calls.add(kind);
  let stopNow = () => {};
  const result = new Promise<unknown>((resolve, reject) => {
    let last: unknown;
    const subscription = (fn(...args) as Invocation).subscribe({
      next(value) {
        last = value;
        if (kind.observable) onValue(value);
      },
      error: (error) => reject(translated(error, args)),
      complete: () => resolve(last),
    });
    stopNow = () => {
      subscription.unsubscribe();
      resolve(last);
    };
  }).finally(() => calls.delete(kind));
  const stop = () => {
    if (kind.observable) stopNow();
    return kind.observable;
  };
  return { result, stop };
}

/** What cannot be cloned is a SerializationError, as with every executor. */
function translated(error: unknown, args: readonly unknown[]): unknown {
  const { name, message } = Object(error) as { name?: unknown; message?: unknown };
  if (name !== "DataCloneError") return error;
  const path = pathOfFunction(args, "args", new Set());
  const side = path === undefined ? "result" : "argument";
  const what = side === "argument" ? `${path} cannot be sent to the worker` : "The result cannot be sent back";
  return new SerializationError(`${what}: ${String(message)}`, { side, path: path ?? "result" }, { cause: error });
}

/** Where in a value there is something that cannot be cloned. */
function pathOfFunction(value: unknown, path: string, seen: Set<unknown>): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") return path;
  if (typeof value !== "object" || value === null || seen.has(value)) return undefined;
  seen.add(value);
  for (const [key, item] of Object.entries(value)) {
    const inside = pathOfFunction(item, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, seen);
    if (inside !== undefined) return inside;
  }
  return undefined;
}
