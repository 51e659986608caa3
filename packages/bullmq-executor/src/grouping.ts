/**
 * How many calls of a function travel in one job. A job costs Redis and both sides as much as a hundred no-op calls; but
 * calls that travel together run on one machine, so only short ones do, and only while there is work for all.
 */

/** What the calls of one job shall take together at most: after that the worker tells of those that have ended anyway. */
const TARGET_MS = 20;
const MOST_CALLS = 100;
/** Jobs of a function whose calls were not timed yet, for each that can run at once: so that thousands do not go alone. */
const UNTIMED_JOBS = 4;
const LEAST_UNTIMED_JOBS = 64;

interface Timing {
  callMs: number | undefined; // a moving average
  inFlight: number; // jobs
}

export class Grouping {
  readonly #timings = new Map<string, Timing>();

  /** How many of `waiting` calls the next job may take; 0: wait for a time to be known. */
  size(task: string, waiting: number, parallelism: number): number {
    const { callMs, inFlight } = this.#of(task);
    if (callMs === undefined) return inFlight < Math.max(LEAST_UNTIMED_JOBS, UNTIMED_JOBS * parallelism) ? 1 : 0;
    const byTime = Math.floor(TARGET_MS / Math.max(callMs, 0.001));
    return Math.max(1, Math.min(MOST_CALLS, byTime, Math.floor(waiting / (2 * parallelism))));
  }

  sent(task: string): void {
    this.#of(task).inFlight++;
  }

  /** @param elapsedMs of all calls of a job, unless it came to nothing */
  ended(task: string, calls: number, elapsedMs?: number): void {
    const timing = this.#of(task);
    timing.inFlight--;
    if (elapsedMs === undefined) return;
    const callMs = elapsedMs / calls;
    const known = timing.callMs ?? callMs;
    // Longer ones count for less: on a busy machine any call may take long now and then.
    timing.callMs = known + (callMs - known) * (callMs < known ? 0.5 : 0.05);
  }

  #of(task: string): Timing {
    let timing = this.#timings.get(task);
    if (timing === undefined) {
      timing = { callMs: undefined, inFlight: 0 };
      this.#timings.set(task, timing);
    }
    return timing;
  }
}
