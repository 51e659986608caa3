/**
 * Dispatcher: from calls to jobs, and from what is heard of jobs back to the calls' futures. Its parts, one idea each:
 *
 *   push ──► Packer ──► Sender ──► SentJobs ◄── Answers ◄── what workers say: the inbox, events
 *            waiting     adds to      ▲ ▲  ▲                          ▲
 *            calls       the queue    │ │  └── Sweep, which asks about what has not been heard of
 *                                     │ └── Withdrawals: aborts of what was sent
 *                                     └── here: the limit on being offline
 */
import type { Histogram } from "@concurrent-futures/worker-pool";
import { Answers } from "./answers.js";
import type { DispatcherOptions } from "./dispatcher-options.js";
import { unreachable } from "./errors.js";
import { Packer } from "./packer.js";
import type { CallOwner, RemoteCall } from "./remote-call.js";
import { Sender } from "./sender.js";
import type { SentJob } from "./sent-job.js";
import { SentJobs, type SentJobsOwner } from "./sent-jobs.js";
import { Sweep } from "./sweep.js";
import type { Transport, TransportEvents } from "./transport.js";
import { Withdrawals } from "./withdrawals.js";

const LEAST_PARALLELISM = 8;

export class Dispatcher implements TransportEvents, CallOwner, SentJobsOwner {
  /** Told whenever there is less to do than before. */
  onChange: () => void = () => {};

  readonly #options: DispatcherOptions;
  readonly #transport: Transport;
  readonly #jobs: SentJobs;
  readonly #packer: Packer;
  readonly #sender: Sender;
  readonly #answers: Answers;
  readonly #sweep: Sweep;
  readonly #withdrawals: Withdrawals;
  #offlineTimer: NodeJS.Timeout | undefined; // only while offline

  constructor(options: DispatcherOptions, connect: (events: TransportEvents) => Transport) {
    const transport = connect(this);
    const jobs = new SentJobs(options.values, this);
    const packer = new Packer(options, transport.inbox);
    const sender = new Sender(options, {
      jobs,
      transport,
      next: () => packer.next(this.parallelism),
      retry: () => {
        if (this.#offlineTimer === undefined) this.online();
      },
    });
    const answers = new Answers(options, jobs);
    this.#options = options;
    this.#transport = transport;
    this.#jobs = jobs;
    this.#packer = packer;
    this.#sender = sender;
    this.#answers = answers;
    this.#sweep = new Sweep(options.sweepIntervalMs, { jobs, answers, transport, isOnline: () => sender.online });
    this.#withdrawals = new Withdrawals(options, { jobs, transport, onChange: () => this.#changed() });
    this.#limitOffline();
  }

  /** Whether nothing is left to do. */
  get idle(): boolean {
    return this.#packer.waiting.size === 0 && this.#jobs.size === 0 && this.#withdrawals.underWay === 0;
  }

  /** Calls that have to wait, since Redis has as many jobs as it may have. */
  get queued(): number {
    return Math.max(0, this.#packer.waiting.size - this.#sender.room);
  }

  /** Calls that have not started, here or in Redis; and those that are with a worker, as far as is known. */
  get calls(): { readonly waiting: number; readonly running: number } {
    const { waiting, running } = this.#jobs.calls;
    return { waiting: this.#packer.waiting.size + waiting, running };
  }

  get counts(): Readonly<SentJobs["counts"]> {
    return this.#jobs.counts;
  }

  get waitTime(): Histogram {
    return this.#jobs.waitTime;
  }

  get runTime(): Histogram {
    return this.#jobs.runTime;
  }

  get workers(): Sweep["workers"] {
    return this.#sweep.workers;
  }

  get parallelism(): number {
    return Math.max(LEAST_PARALLELISM, this.#sweep.workers.concurrency);
  }

  push(call: RemoteCall): void {
    this.#packer.waiting.push(call);
    this.#transport.keepAlive(true);
    this.#sender.ask();
  }

  /** Cancels what has not started: what waits here at once, what waits in Redis once it has been taken back. */
  cancelWaiting(): void {
    for (const call of this.#packer.waiting) call.future.cancel();
    for (const job of this.#jobs) if (job.startedAt === undefined) void this.#withdrawals.cancel(job);
  }

  async close(): Promise<void> {
    this.#sweep.end();
    clearTimeout(this.#offlineTimer);
    await this.#transport.close();
  }

  // What calls say.

  dropped(): void {
    this.#jobs.counts.cancelled++;
    this.#packer.waiting.drop();
    this.#changed();
  }

  withdraw(call: RemoteCall, reason: unknown): void {
    this.#jobs.counts.cancelled++;
    if (call.job !== undefined) this.#withdrawals.withdraw(call, call.job, reason);
  }

  /** True, too, if Redis is out of reach. */
  takeBack(job: SentJob): Promise<boolean> {
    return this.#transport.remove(job.id).catch(() => true);
  }

  // What the transport says. Of jobs that are not out it may say what it likes.

  online(): void {
    this.#sender.online = true;
    clearTimeout(this.#offlineTimer);
    this.#offlineTimer = undefined;
    void this.#sweep.countWorkers();
    this.#sender.ask();
  }

  offline(): void {
    this.#sender.online = false;
    this.#limitOffline();
  }

  active(id: string): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) this.#jobs.start(job);
  }

  progress(id: string, data: string): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) this.#answers.news(job, data);
  }

  completed(id: string, value: string): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) void this.#answers.result(job, value, false);
  }

  failed(id: string): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) this.#sweep.suspect(job);
  }

  // What becomes of jobs.

  jobEnded(job: SentJob, elapsedMs: number | undefined): void {
    this.#sender.forget(job);
    this.#packer.ended(job, elapsedMs);
    this.#changed();
  }

  #changed(): void {
    if (this.#packer.waiting.size > 0) this.#sender.ask();
    if (this.idle) this.#transport.keepAlive(false);
    this.onChange();
  }

  #limitOffline(): void {
    if (this.#offlineTimer !== undefined) return;
    this.#offlineTimer = setTimeout(() => {
      for (const call of this.#packer.waiting) this.#giveUp(call);
      for (const job of this.#jobs) this.#jobs.fail(job, () => unreachable());
      this.#offlineTimer = undefined;
      if (!this.#sender.online) this.#limitOffline();
    }, this.#options.offlineTimeoutMs);
    this.#offlineTimer.unref(); // the connection itself keeps the program alive
  }

  #giveUp(call: RemoteCall): void {
    if (!this.#jobs.reject(call, unreachable())) return;
    this.#packer.waiting.drop();
    this.#changed();
  }
}
