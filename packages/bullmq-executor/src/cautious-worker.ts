/**
 * CautiousWorker: BullMQ's Worker, for a queue that others might write to. Of a job's record it takes what a call needs;
 * schedules, parents and options that somebody put there do nothing, and data that is no JSON stops nothing.
 */
import { type Job, type JobJson, Worker } from "bullmq";

export class CautiousWorker extends Worker {
  protected override createJob(data: JobJson, jobId: string): Job {
    const { name, timestamp, attemptsMade, attemptsStarted, stalledCounter, deferredFailure, processedOn } = data;
    const record = {
      name,
      data: readable(data.data) ? data.data : "null",
      opts: { attempts: 1 },
      progress: 0,
      stacktrace: [],
      timestamp,
      attemptsMade,
      attemptsStarted,
      stalledCounter,
      deferredFailure,
      processedOn,
      id: jobId,
    };
    return super.createJob(record as unknown as JobJson, jobId);
  }

  /** What is left of closing where Redis has not answered in time. */
  async abandon(): Promise<void> {
    this.mainLoopRunning = null;
    await Promise.allSettled([this.lockManager.close(), this.disconnect()]);
  }
}

function readable(text: unknown): boolean {
  try {
    JSON.parse(text as string);
    return true;
  } catch {
    return false;
  }
}
