/**
 * Job: one call, and the executor's side of its future.
 *
 *   waiting ──run(thread)──► on the thread ──► over
 *      └── cancel, abort ──► over: run() then does nothing
 *
 * An aborted call goes on occupying its thread until it ends there, or the thread does: `run` resolves then.
 */
import { type AnyTask, type Call, Future, type FutureController, runChunk, shapeOf } from "@concurrent-futures/core";
import { type Invoked, invoke } from "./invoke.js";
import { exposedFunction, exposedName } from "./tasks.js";
import { type SpawnedThread, Transfer } from "./threads-api.js";

export class Job implements FutureController {
  readonly future: Future<unknown> = new Future(this);
  /** Told when a running call was aborted and cannot be asked to stop. */
  onAbandoned: (() => void) | undefined;
  readonly #task: AnyTask;
  readonly #chunk: boolean;
  readonly #name: string;
  readonly #call: Call;
  #invoked: Invoked | undefined; // while on a thread

  /** @throws {TaskReferenceError} no worker can have this task */
  constructor(call: Call) {
    const shape = shapeOf(call.task as AnyTask);
    this.#chunk = shape?.kind === "chunk";
    this.#task = shape?.kind === "chunk" ? shape.task : (call.task as AnyTask);
    this.#name = exposedName(this.#task);
    this.#call = call;
  }

  get priority(): number {
    return this.#call.options.priority ?? 0;
  }

  /**
   * Runs the call on a thread, unless it is over. Resolves when the thread is free again, with what settles the future:
   * whoever is told of that may submit the next call, and should find the thread free. Never rejects.
   */
  async run(thread: SpawnedThread): Promise<() => void> {
    if (this.future.done() || !this.future.setRunningOrNotifyCancel()) return () => {};
    try {
      const value = await this.#perform(thread);
      return () => {
        if (!this.future.done()) this.future.setResult(value);
      };
    } catch (error) {
      return () => this.fail(error);
    } finally {
      this.#invoked = undefined;
    }
  }

  /** Ends the future with an error, if it has not ended. */
  fail(error: unknown): void {
    if (!this.future.done()) this.future.setException(error);
  }

  cancel(): boolean {
    return true; // only asked while it waits
  }

  refresh(): void {
    // The state is always up to date here.
  }

  abort(): void {
    if (this.#invoked?.stop() !== true) this.onAbandoned?.();
  }

  #perform(thread: SpawnedThread): PromiseLike<unknown> | unknown {
    const fn = exposedFunction(thread, this.#name);
    const { args, options } = this.#call;
    const call = (...given: unknown[]) => {
      this.#invoked = invoke(thread, fn, given, (value) => this.future.setProgress(value));
      return this.#invoked.result;
    };
    if (this.#chunk) {
      const [bound, items, spread] = args as [unknown[], unknown[], boolean];
      return runChunk(call)(bound, items, spread);
    }
    const [first, ...rest] = args;
    if (options.transfer?.length && args.length > 0) return call(Transfer(first, options.transfer), ...rest);
    return call(...args);
  }
}
