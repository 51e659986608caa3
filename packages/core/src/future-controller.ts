/**
 * FutureController: the executor's side of a future, through which callers reach a call that has not ended.
 */
import type { AsyncContext } from "./platform.js";

/** The executor's side of a future, through which callers reach a call that has not ended. */
export interface FutureController {
  /** The async context of the submit, in which callbacks run. Default: the one in which the future is made. */
  readonly context?: AsyncContext;
  /**
   * Takes the call back, asked by `Future.cancel()` while pending.
   * Returns true if it will now never run; false if it has started, and then the future becomes running.
   */
  cancel(): boolean;
  /** Brings a pending future up to date before its state is told: starts it if the call has started. */
  refresh(): void;
  /** Drops or stops the call; told after `abort()` has rejected the future. */
  abort(reason: unknown): void;
  /**
   * Told when somebody starts to wait for the open future without a limit; `refuse` rejects that wait and nothing
   * else. Returns what to call when the wait ends before the future does.
   * For executors that run tasks in the caller's own program, where one may wait for oneself.
   */
  waited?(refuse: (error: Error) => void): () => void;
}
