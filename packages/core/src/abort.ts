/**
 * Listening to AbortSignals: one listener a signal, however many futures follow it.
 *
 * Ten thousand listeners of their own would raise MaxListenersExceededWarning and make removal slow.
 */
const followers = new WeakMap<AbortSignal, Set<() => void>>();

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
