/**
 * Sender: adds jobs to the queue, while it can be reached.
 *
 *   ask ──► packed ──add──► confirmed
 *              ▲ └──it failed──┐
 *              └── to add again ◄┘   with the same id: if it had arrived, that changes nothing
 */
import { BrokenExecutorError } from "@concurrent-futures/core";
import type { DispatcherOptions } from "./dispatcher-options.js";
import { unreachable } from "./errors.js";
import { isRefusal } from "./redis.js";
import type { SentJob } from "./sent-job.js";
import type { SentJobs } from "./sent-jobs.js";
import type { Transport } from "./transport.js";

const ADD_SIZE = 250; // jobs in one go
const ADDS_AT_ONCE = 2;
const RETRY_MS = 250;

export interface SenderParts {
  readonly jobs: SentJobs;
  readonly transport: Transport;
  /** The next job that is to be sent. */
  readonly next: () => SentJob | undefined;
  /** It could not send for a moment. */
  readonly retry: () => void;
}

export class Sender {
  /** Whether the queue can be reached. */
  online = false;
  readonly #options: Pick<DispatcherOptions, "maxInFlight" | "offlineTimeoutMs">;
  readonly #parts: SenderParts;
  readonly #toAddAgain = new Set<SentJob>();
  #adding = 0;
  #asked = false;

  constructor(options: Pick<DispatcherOptions, "maxInFlight" | "offlineTimeoutMs">, parts: SenderParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** How many more jobs may be out. */
  get room(): number {
    return this.online ? Math.max(0, this.#options.maxInFlight - this.#parts.jobs.size) : 0;
  }

  /** Sends what is to be sent, after what runs now. */
  ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => {
      this.#asked = false;
      this.#send();
    });
  }

  /** The job is not wanted any more. */
  forget(job: SentJob): void {
    this.#toAddAgain.delete(job);
  }

  #send(): void {
    while (this.online && this.#adding < ADDS_AT_ONCE) {
      const jobs = this.#toAddAgain.size > 0 ? this.#again() : this.#next();
      if (jobs.length === 0) return;
      void this.#add(jobs);
    }
  }

  #again(): SentJob[] {
    const jobs = [...this.#toAddAgain].slice(0, ADD_SIZE);
    for (const job of jobs) this.#toAddAgain.delete(job);
    return jobs;
  }

  #next(): SentJob[] {
    const { jobs, next } = this.#parts;
    const added: SentJob[] = [];
    while (added.length < ADD_SIZE && jobs.size < this.#options.maxInFlight) {
      const job = next();
      if (job === undefined) break;
      jobs.add(job);
      added.push(job);
    }
    return added;
  }

  async #add(jobs: readonly SentJob[]): Promise<void> {
    this.#adding++;
    try {
      await this.#parts.transport.add(jobs);
      const now = performance.now();
      for (const job of jobs) job.confirmedAt = now;
    } catch (error) {
      this.#notAdded(jobs, error);
    }
    this.#adding--;
    this.#send();
  }

  /** Whether it arrived is not known, if the connection was lost. */
  #notAdded(added: readonly SentJob[], cause: unknown): void {
    const { jobs, retry } = this.#parts;
    const now = performance.now();
    for (const job of added) {
      if (!jobs.has(job)) continue;
      job.failingSince ??= now;
      if (isRefusal(cause)) jobs.fail(job, () => new BrokenExecutorError(`Redis refused a job: ${cause}`, { cause }));
      else if (now - job.failingSince > this.#options.offlineTimeoutMs) jobs.fail(job, () => unreachable(cause));
      else this.#toAddAgain.add(job);
    }
    if (this.online && this.#toAddAgain.size > 0) {
      this.online = false; // for the moment
      setTimeout(retry, RETRY_MS);
    }
  }
}
