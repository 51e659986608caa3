/** What the rest of core may do with a future and its users may not. `future.ts` implements it. */
import type { DoneCallback, Future } from "./future.js";

/** How a future ended, for core's own readers: no promise, no turn of the event loop. */
export type Outcome<T> =
  | { readonly kind: "returned"; readonly value: T }
  | { readonly kind: "raised" | "cancelled"; readonly error: unknown };

export interface FutureInternals {
  isFuture(value: unknown): value is Future<unknown>;
  /** Whether it ended with an error of the call; neither a result nor a cancellation is one. */
  raised(future: Future<unknown>): boolean;
  /** How a done future ended; its error then counts as looked at. */
  outcome<T>(future: Future<T>): Outcome<T>;
  /** Takes back a done callback in O(1). It must have been added once only. */
  unwatch<T>(future: Future<T>, callback: DoneCallback<T>): void;
  /** Calls `started` when the future enters running; at once if it is. One a future. */
  onStart(future: Future<unknown>, started: () => void): void;
  /** Rejects a call that has not started, and reports whether it could. */
  expire(future: Future<unknown>, reason: unknown): boolean;
  /** Whether the executor wants to be told of waits. */
  tracksWaits(future: Future<unknown>): boolean;
  /** Tells the executor that somebody waits; see FutureController.waited. */
  waits(future: Future<unknown>, refuse: (error: Error) => void): (() => void) | undefined;
  /** Runs `fn` in the async context of the submit. */
  runInContext<R>(future: Future<unknown>, fn: () => R): R;
}
