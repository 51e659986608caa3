/**
 * RunningCall: a call that this worker has claimed, and what `taskContext()` gives while it runs.
 *
 * It is over when its outcome has been sent: what it does afterwards is nobody's any more.
 */
import type { TaskContext } from "@concurrent-futures/core";

/** Sends what a task reports. */
export type SendProgress = (slot: number, value: unknown) => void;

export class RunningCall implements TaskContext {
  readonly slot: number;
  readonly workerId: number;
  name: string; // the option replaces the function's
  isChunk = false; // whether it gives a ChunkResult
  over = false;
  /** performance.now() when the function was called. */
  startedAt = 0;
  readonly #sendProgress: SendProgress;
  #controller: AbortController | undefined; // made when first asked for: most tasks never do

  constructor(slot: number, workerId: number, name: string, sendProgress: SendProgress) {
    this.slot = slot;
    this.workerId = workerId;
    this.name = name;
    this.#sendProgress = sendProgress;
  }

  get signal(): AbortSignal {
    return this.#getController().signal;
  }

  abort(reason: unknown): void {
    this.#getController().abort(reason);
  }

  /** A function that needs no `this`: tasks take it out of their context. */
  get progress(): (value: unknown) => void {
    return (value) => {
      if (!this.over) this.#sendProgress(this.slot, value);
    };
  }

  #getController(): AbortController {
    this.#controller ??= new AbortController();
    return this.#controller;
  }
}
