/** The errors that only many machines have. */
import { BrokenExecutorError, ExecutorError } from "@concurrent-futures/core";

/** Redis lost the job: its data were wiped, or it came back without its last writes. The task may have run. */
export class JobLostError extends ExecutorError {
  override get name(): string {
    return "JobLostError";
  }
  override get code(): string {
    return "ERR_JOB_LOST";
  }
}

/** A worker refused the job, or this side refused its result: unsigned, forged, replayed, expired or too large. */
export class JobRefusedError extends ExecutorError {
  override get name(): string {
    return "JobRefusedError";
  }
  override get code(): string {
    return "ERR_JOB_REFUSED";
  }
}

export function unreachable(cause?: unknown): BrokenExecutorError {
  const message = "Redis could not be reached for longer than `offlineTimeout`; the task may have run";
  return new BrokenExecutorError(message, cause === undefined ? undefined : { cause });
}
