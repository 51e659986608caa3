/**
 * Listening to AbortSignals: one listener a signal, however many futures follow it.
 *
 * Ten thousand listeners of their own would raise MaxListenersExceededWarning and make removal slow.
 */
import { show } from "./timer.js";

const followers = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Checks an option that takes an AbortSignal, also one of another realm.
 *
 * @throws {TypeError} it is not one
 */
export function checkSignal(option: string, value: unknown): void {
  if (value === undefined) return;
  const signal = value as Partial<AbortSignal> | null;
  if (
    typeof signal !== "object" ||
    typeof signal?.aborted !== "boolean" ||
    typeof signal.addEventListener !== "function"
  ) {
    throw new TypeError(`Expected \`${option}\` to be an AbortSignal, got ${show(value)}`);
  }
}

/** Calls `fn` when `signal` aborts; the returned function takes that back. `signal` must not be aborted yet. */
export function onAbort(signal: AbortSignal, fn: () => void): () => void {
  const set = followers.get(signal) ?? follow(signal);
  set.add(fn);
  return () => {
    set.delete(fn);
    if (set.size === 0 && followers.get(signal) === set) unfollow(signal);
  };
}

const listeners = new WeakMap<AbortSignal, () => void>();

function follow(signal: AbortSignal): Set<() => void> {
  const set = new Set<() => void>();
  const listener = () => {
    unfollow(signal);
    for (const fn of set) fn();
  };
  followers.set(signal, set);
  listeners.set(signal, listener);
  signal.addEventListener("abort", listener, { once: true });
  return set;
}

function unfollow(signal: AbortSignal): void {
  const listener = listeners.get(signal);
  if (listener) signal.removeEventListener("abort", listener);
  followers.delete(signal);
  listeners.delete(signal);
}
