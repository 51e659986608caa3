/** An executor whose calls do what the test says, when it says so. */
import { BaseExecutor, type Call, ExecutorShutdownError, Future, type ShutdownOptions } from "@concurrent-futures/core";

export class Job {
  readonly future: Future<unknown>;
  readonly aborts: unknown[] = [];

  readonly call: Call;

  constructor(call: Call) {
    this.call = call;
    this.future = new Future({
      cancel: () => true,
      refresh: () => {},
      abort: (reason) => this.aborts.push(reason),
    });
  }
  start(): boolean {
    return !this.future.done() && this.future.setRunningOrNotifyCancel();
  }
  /** Runs the task to its end. */
  async run(): Promise<void> {
    if (!this.start()) return;
    const { task, args } = this.call;
    try {
      const value = await (typeof task === "function" ? task : await task.load())(...args);
      if (!this.future.done()) this.future.setResult(value);
    } catch (error) {
      if (!this.future.done()) this.future.setException(error);
    }
  }
}

export class ManualExecutor extends BaseExecutor {
  readonly jobs: Job[] = [];
  readonly shutdowns: (ShutdownOptions | undefined)[] = [];
  /** Whether calls run by themselves, soon. */
  auto = false;
  /** Whether they run within `schedule`; functions only. */
  sync = false;
  workers = 2;

  protected override get parallelism(): number {
    return this.workers;
  }
  protected override schedule(call: Call): Future<unknown> {
    if (this.shutdowns.length > 0) throw new ExecutorShutdownError("shut down");
    const job = new Job(call);
    this.jobs.push(job);
    if (this.auto) setImmediate(() => void job.run());
    if (this.sync && job.start()) {
      try {
        job.future.setResult((call.task as (...args: unknown[]) => unknown)(...call.args));
      } catch (error) {
        job.future.setException(error);
      }
    }
    return job.future;
  }
  override async shutdown(options?: ShutdownOptions): Promise<void> {
    this.shutdowns.push(options);
  }
}
