/** A function that this worker was told of; loaded when it is first called. */
import { type AnyFunction, runInTaskContext } from "@concurrent-futures/core";
import type { TaskDefinition } from "../messages.js";
import { importContext } from "../nesting.js";
import { loadTask } from "../references/index.js";
import type { Outcome } from "../wire.js";

export class WorkerTask {
  /** The function, once it is loaded. */
  fn: AnyFunction | undefined;
  /** Undefined while values sent along with the function are still being restored. */
  #definition: Outcome | undefined;
  #loading: Promise<AnyFunction> | undefined;
  readonly #defined: Promise<void>;

  /** @param decode hands over the TaskDefinition, at once or later */
  constructor(decode: (done: (outcome: Outcome) => void) => void) {
    this.#defined = new Promise((resolve) => {
      decode((outcome) => {
        this.#definition = outcome;
        resolve();
      });
    });
  }

  get name(): string {
    return this.#definition !== undefined && "value" in this.#definition
      ? (this.#definition.value as TaskDefinition).name
      : "";
  }

  /** Whether it is `map`'s task over many items. */
  get isChunk(): boolean {
    return (
      this.#definition !== undefined &&
      "value" in this.#definition &&
      (this.#definition.value as TaskDefinition).descriptor.kind === "chunk"
    );
  }

  /** Rejects with the reason if it cannot be loaded; the next call tries again. */
  load(): Promise<AnyFunction> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<AnyFunction> {
    try {
      await this.#defined;
      const definition = this.#definition as Outcome;
      if ("error" in definition) throw definition.error;
      const { descriptor } = definition.value as TaskDefinition;
      this.fn = await runInTaskContext(importContext, () => loadTask(descriptor));
      return this.fn;
    } catch (error) {
      this.#loading = undefined;
      throw error;
    }
  }
}
