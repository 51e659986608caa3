/** The least that an executor has to do itself: it claims nothing, and keeps every clause that asks for nothing. */
import { BaseExecutor, type Call, ExecutorShutdownError, Future, type ShutdownOptions } from "@concurrent-futures/core";

export class SmallestExecutor extends BaseExecutor {
  readonly #unfinished = new Set<Future<unknown>>();
  #open = true;

  protected override schedule({ task, args }: Call): Future<unknown> {
    if (!this.#open) throw new ExecutorShutdownError("This executor was shut down");
    const future = new Future<unknown>();
    this.#unfinished.add(future);
    future.addDoneCallback(() => this.#unfinished.delete(future));
    setImmediate(async () => {
      if (!future.setRunningOrNotifyCancel()) return;
      try {
        const fn = typeof task === "function" ? task : await task.load();
        const value = await fn(...args);
        if (!future.done()) future.setResult(value);
      } catch (error) {
        if (!future.done()) future.setException(error);
      }
    });
    return future;
  }

  override async shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    this.#open = false;
    if (cancelFutures) for (const future of this.#unfinished) future.cancel();
    if (wait) await Promise.allSettled(this.#unfinished);
  }
}
