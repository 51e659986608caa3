/**
 * SentJobs: the jobs that are out, and how their calls end.
 *
 *   add ──► waiting in Redis ──start──► with a worker ──settle──► ended
 *                 │                          │                      ▲
 *                 └──────────────────────────┴──fail, runAgainOr────┘
 *
 * D1  A job is here until each of its calls has ended; whatever is heard of others is no concern of ours.
 * D2  A call ends once (RemoteCall.settle), whoever comes first: its result, from wherever it is heard; the sweep; an
 *     abort; or the limit on being offline.
 */
import { CancelledError } from "@concurrent-futures/core";
import { Histogram, withSite } from "@concurrent-futures/worker-pool";
import type { RemoteCall } from "./remote-call.js";
import type { SentJob } from "./sent-job.js";
import type { Values } from "./values.js";

export interface SentJobsOwner {
  /** @param elapsedMs what its calls cost their worker, if they ran */
  jobEnded(job: SentJob, elapsedMs: number | undefined): void;
  push(call: RemoteCall): void;
}

export class SentJobs {
  readonly waitTime: Histogram = new Histogram();
  readonly runTime: Histogram = new Histogram();
  readonly counts = { completed: 0, failed: 0, cancelled: 0, crashed: 0 };
  readonly #jobs = new Map<string, SentJob>();
  readonly #values: Values;
  readonly #owner: SentJobsOwner;

  constructor(values: Values, owner: SentJobsOwner) {
    this.#values = values;
    this.#owner = owner;
  }

  get size(): number {
    return this.#jobs.size;
  }

  /** Calls that are with a worker, as far as is known; and those that wait for one in Redis. */
  get calls(): { readonly running: number; readonly waiting: number } {
    let [running, waiting] = [0, 0];
    for (const { startedAt, calls } of this.#jobs.values()) {
      if (startedAt === undefined) waiting += calls.length;
      else running += calls.length;
    }
    return { running, waiting };
  }

  get(id: string): SentJob | undefined {
    return this.#jobs.get(id);
  }

  has({ id }: SentJob): boolean {
    return this.#jobs.has(id);
  }

  /** May change meanwhile. */
  [Symbol.iterator](): Iterator<SentJob> {
    return [...this.#jobs.values()][Symbol.iterator]();
  }

  add(job: SentJob): void {
    this.#jobs.set(job.id, job);
  }

  /** @param tookMs for how long a worker has had it, if that is known */
  start(job: SentJob, tookMs = 0): void {
    if (job.startedAt !== undefined) return;
    const startedAt = performance.now() - tookMs;
    job.startedAt = startedAt;
    for (const call of job.calls) {
      this.waitTime.record(Math.max(0, startedAt - call.submittedAt));
      if (call.state === "sent") call.start();
    }
  }

  /** Ends a call with what its worker said, see RemoteJob.run. */
  settle(call: RemoteCall, line: string): void {
    let value: unknown;
    let how = line[0];
    try {
      value = this.#values.read(line.slice(1), "result", how === "+" ? "result" : "error");
    } catch (error) {
      how = "-";
      value = error;
    }
    if (how !== "+") withSite(value, call.site);
    const settled = call.settle((future) => {
      if (how === "+") future.setResult(value);
      else if (how === "!") future.abort(value);
      else future.setException(value);
    });
    if (!settled) return;
    if (how === "+") this.counts.completed++;
    else if (how === "!") this.counts.cancelled++;
    else this.counts.failed++;
    if (how === "-" && Object(value).code === "ERR_WORKER_CRASHED") this.counts.crashed++;
  }

  /** Rejects the calls of a job, an error each. */
  fail(job: SentJob, error: () => Error): void {
    for (const call of job.calls) {
      if (call.job === job) this.reject(call, error()); // else it runs again in another
    }
    this.endIfDone(job);
  }

  /** Whether it did: it may have ended. */
  reject(call: RemoteCall, error: Error): boolean {
    const settled = call.settle((future) => future.setException(withSite(error, call.site)));
    if (settled) this.counts.failed++;
    return settled;
  }

  /** The job's worker died, or Redis lost it: those of its calls that may run again do. */
  runAgainOr(job: SentJob, error: () => Error): void {
    const again = job.calls.filter((call) => call.state === "sent" && call.retriesLeft > 0);
    for (const call of again) {
      call.retriesLeft--;
      call.state = "waiting";
      call.job = undefined;
    }
    this.#end(job);
    this.fail(job, error);
    for (const call of again) this.#owner.push(call);
  }

  /** Its calls never started. */
  cancel(job: SentJob): void {
    for (const call of job.calls) {
      if (call.settle((future) => future.abort(new CancelledError("The call was cancelled before it started")))) {
        this.counts.cancelled++;
      }
    }
    this.endIfDone(job);
  }

  endIfDone(job: SentJob, elapsedMs?: number): void {
    if (job.ended) this.#end(job, elapsedMs);
  }

  #end(job: SentJob, elapsedMs?: number): void {
    if (this.#jobs.delete(job.id)) this.#owner.jobEnded(job, elapsedMs);
  }
}
