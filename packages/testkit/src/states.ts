/** A future's state, as its three questions tell it. */
import type { Future } from "@concurrent-futures/core";

export const states = (future: Future<unknown>) => ({
  running: future.running(),
  done: future.done(),
  cancelled: future.cancelled(),
});

export const finished = { running: false, done: true, cancelled: false };
export const gone = { running: false, done: true, cancelled: true };
