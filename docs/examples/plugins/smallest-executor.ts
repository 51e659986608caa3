/** An executor with as little as it takes: calls run in this program, each in a turn of the event loop of its own. */
import {
  BaseExecutor,
  type Call,
  ExecutorShutdownError,
  Future,
  runInTaskContext,
  type ShutdownOptions,
  taskName,
} from "@concurrent-futures/core";

export class SmallestExecutor extends BaseExecutor {
  readonly #unfinished = new Set<Future<unknown>>();
  #open = true;

  protected override schedule(call: Call): Future<unknown> {
    if (!this.#open) throw new ExecutorShutdownError("This executor was shut down");
    const aborted = new AbortController();
    const future = new Future<unknown>({
      cancel: () => true, // asked only while the call waits, and then nothing has to be undone
      refresh: () => {}, // the future's state is always up to date here
      abort: (reason) => aborted.abort(reason),
    });
    this.#unfinished.add(future);
    future.addDoneCallback(() => this.#unfinished.delete(future));
    setImmediate(() => this.#run(call, future, aborted.signal));
    return future;
  }

  async #run({ task, args, options }: Call, future: Future<unknown>, signal: AbortSignal): Promise<void> {
    if (future.done() || !future.setRunningOrNotifyCancel()) return;
    const name = options.name ?? taskName(task);
    const context = { signal, name, workerId: 1, progress: (value: unknown) => future.setProgress(value) };
    try {
      const fn = typeof task === "function" ? task : await task.load();
      const value = await runInTaskContext(context, () => fn(...args));
      if (!future.done()) future.setResult(value);
    } catch (error) {
      if (!future.done()) future.setException(error);
    }
  }

  override async shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    this.#open = false;
    if (cancelFutures) for (const future of this.#unfinished) future.cancel();
    if (wait) await Promise.allSettled(this.#unfinished);
  }
}
