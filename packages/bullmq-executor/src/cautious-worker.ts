/**
 * CautiousWorker: BullMQ's Worker, for a queue that others might write to. Of a job's record it takes what a call needs;
 * schedules, parents and options that somebody put there do nothing, and data that is no JSON stops nothing.
 *
 * A job is begun as soon as its record is here: BullMQ's own loop asks Redis for the next one before it begins.
 */
import { type Job, type JobJson, Worker, type WorkerOptions } from "bullmq";

export class CautiousWorker extends Worker {
  readonly #begin: (job: Job) => Promise<unknown>;
  readonly #begun: WeakMap<Job, Promise<unknown>>;

  constructor(queue: string, begin: (job: Job) => Promise<unknown>, options: WorkerOptions) {
    const begun = new WeakMap<Job, Promise<unknown>>();
    super(queue, (job: Job) => begun.get(job) ?? begin(job), options);
    this.#begin = begin;
    this.#begun = begun;
  }

  protected override createJob(data: JobJson, jobId: string): Job {
    const { name, timestamp, attemptsMade, attemptsStarted, stalledCounter, deferredFailure, processedOn } = data;
    const record = {
      name,
      data: data.data,
      opts: { attempts: 1 },
      progress: 0,
      stacktrace: "[]", // text, as Redis has it: whatever else throws inside BullMQ, for each job
      timestamp,
      attemptsMade,
      attemptsStarted,
      stalledCounter,
      deferredFailure,
      processedOn,
      id: jobId,
    };
    const job = this.#make(record, jobId);
    if (deferredFailure === undefined) {
      const work = this.#begin(job);
      work.catch(() => {}); // BullMQ hears of it
      this.#begun.set(job, work);
    }
    return job;
  }

  #make(record: object, jobId: string): Job {
    try {
      return super.createJob(record as JobJson, jobId);
    } catch {
      return super.createJob({ ...record, data: "null" } as JobJson, jobId); // it is no JSON
    }
  }

  /** What is left of closing where Redis has not answered in time. */
  async abandon(): Promise<void> {
    this.mainLoopRunning = null;
    await Promise.allSettled([this.lockManager.close(), this.disconnect()]);
  }
}
