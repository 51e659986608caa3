/**
 * Sweep: asks Redis about jobs of which nothing has been heard, since events can be missed, trimmed or made up.
 *
 * D3  What has been added for sure and is missing in two sweeps, one after the other, is lost. Once may be chance: Redis
 *     may be loading its data.
 * D6  One look follows the other; they never overlap.
 */
import { TaskReferenceError, WorkerCrashedError } from "@concurrent-futures/core";
import type { Answers } from "./answers.js";
import { JobLostError, JobRefusedError } from "./errors.js";
import { UNKNOWN_FUNCTION } from "./messages.js";
import type { SentJob } from "./sent-job.js";
import type { SentJobs } from "./sent-jobs.js";
import type { JobState, Transport } from "./transport.js";

export interface SweepParts {
  readonly jobs: SentJobs;
  readonly answers: Answers;
  readonly transport: Transport;
  readonly isOnline: () => boolean;
}

export class Sweep {
  /** Workers that live, and how many calls they run at once; as of the last sweep. */
  workers: { readonly count: number; readonly concurrency: number } = { count: 0, concurrency: 0 };
  readonly #intervalMs: number;
  readonly #parts: SweepParts;
  readonly #suspects = new Set<SentJob>();
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number, parts: SweepParts) {
    this.#intervalMs = intervalMs;
    this.#parts = parts;
    this.#plan();
  }

  /** Somebody says that the job has failed: asks soon. */
  suspect(job: SentJob): void {
    if (this.#suspects.size === 0) setImmediate(() => void this.#lookAtSuspects());
    this.#suspects.add(job);
  }

  async countWorkers(): Promise<void> {
    try {
      const notes = await this.#parts.transport.workers();
      this.workers = { count: notes.length, concurrency: notes.reduce((sum, note) => sum + note.concurrency, 0) };
    } catch {
      // as it was
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #plan(): void {
    this.#timer = setTimeout(async () => {
      await this.#sweep().catch(() => {}); // Redis is out of reach
      this.#plan();
    }, this.#intervalMs).unref();
  }

  async #sweep(): Promise<void> {
    if (!this.#parts.isOnline()) return;
    await this.countWorkers();
    const before = performance.now() - this.#intervalMs / 2;
    const jobs = [...this.#parts.jobs].filter(({ confirmedAt }) => confirmedAt !== undefined && confirmedAt < before);
    await this.#lookAt(jobs);
  }

  async #lookAtSuspects(): Promise<void> {
    const jobs = [...this.#suspects];
    this.#suspects.clear();
    await this.#lookAt(jobs).catch(() => {}); // the sweep asks again
  }

  async #lookAt(jobs: readonly SentJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const states = await this.#parts.transport.look(jobs.map(({ id }) => id));
    for (const [index, state] of states.entries()) {
      const job = jobs[index];
      if (job !== undefined && this.#parts.jobs.has(job)) await this.#learn(job, state);
    }
  }

  async #learn(job: SentJob, state: JobState): Promise<void> {
    const { jobs, answers } = this.#parts;
    job.missing = state.kind === "missing" ? job.missing + 1 : 0;
    switch (state.kind) {
      case "active":
        jobs.start(job);
        break;
      case "completed":
        await answers.result(job, state.value, true);
        break;
      case "failed":
        this.#failed(job, state.reason);
        break;
      case "missing":
        if (job.missing < 2) break;
        jobs.runAgainOr(job, () => new JobLostError(`Redis lost a call of ${job.name}; it may have run`));
        break;
    }
  }

  #failed(job: SentJob, reason: string): void {
    const { jobs } = this.#parts;
    if (reason.includes(UNKNOWN_FUNCTION)) {
      jobs.fail(job, () => new TaskReferenceError(`The worker cannot run ${job.name}: ${reason}`));
      return;
    }
    if (!/stalled|started more than/.test(reason)) {
      jobs.fail(job, () => new JobRefusedError(`A worker did not run a call of ${job.name}: ${reason}`));
      return;
    }
    jobs.counts.crashed++;
    jobs.runAgainOr(
      job,
      () => new WorkerCrashedError(`The workers that ran ${job.name} were lost, one after the other: ${reason}`),
    );
  }
}
