/**
 * Dispatcher: from calls to jobs, and from what is heard of jobs back to the calls' futures.
 *
 *   push ──► #waiting ──pump──► #jobs ──────add──────► Redis ──► a worker
 *                                 │ ▲                              │
 *                                 │ └─ added again, same id, when   │
 *                                 │    the connection was lost      │
 *                                 ▼                                 │
 *                              settled ◄── events; or the sweep, which asks about what has not been heard of
 *
 * D1  A job is in #jobs until each of its calls has ended; whatever is heard of others is no concern of ours.
 * D2  A call ends once (RemoteCall.settle), whoever comes first: event, sweep, abort, or the limit on being offline.
 * D3  What has been added for sure and is missing in two sweeps, one after the other, is lost. Once may be chance: Redis
 *     may be loading its data.
 * D4  An event is only believed when its signature is right. One that is wrong changes nothing, since the right one may
 *     still come; the sweep decides.
 */
import { randomUUID } from "node:crypto";
import { BrokenExecutorError, CancelledError, TaskReferenceError, WorkerCrashedError } from "@concurrent-futures/core";
import { Histogram, withSite } from "@concurrent-futures/worker-pool";
import { JobLostError, JobRefusedError } from "./errors.js";
import { Grouping } from "./grouping.js";
import type { Keyring } from "./keyring.js";
import {
  type Abort,
  type AnswerHeader,
  type Control,
  fromLines,
  type JobHeader,
  open,
  seal,
  toLines,
  UNKNOWN_FUNCTION,
} from "./messages.js";
import { isRefusal } from "./redis.js";
import type { RemoteCall } from "./remote-call.js";
import { SentJob } from "./sent-job.js";
import type { JobState, Transport, TransportEvents } from "./transport.js";
import type { Values } from "./values.js";
import { WaitingCalls } from "./waiting-calls.js";

const ADD_SIZE = 250; // jobs in one go
const ADDS_AT_ONCE = 2;
const RETRY_MS = 250;
/** After so many jobs a submitter takes a new session, whose bitmap is small (ReplayGuard). */
const SESSION_JOBS = 2 ** 20;
const LEAST_PARALLELISM = 8;

export interface DispatcherOptions {
  readonly queue: string;
  readonly maxInFlight: number;
  readonly maxPayload: number;
  readonly expiryMs: number;
  readonly offlineTimeoutMs: number;
  readonly sweepIntervalMs: number;
  readonly keyring: Keyring;
  readonly values: Values;
  /** Settles when classes are known that are being looked for. */
  readonly classesKnown: () => Promise<unknown> | undefined;
  readonly log: (line: string) => void;
}

export class Dispatcher implements TransportEvents {
  readonly waiting: WaitingCalls = new WaitingCalls();
  readonly waitTime: Histogram = new Histogram();
  readonly runTime: Histogram = new Histogram();
  readonly counts = { completed: 0, failed: 0, cancelled: 0, crashed: 0 };
  /** Workers that live, and how many calls they run at once; as of the last sweep. */
  workers: { readonly count: number; readonly concurrency: number } = { count: 0, concurrency: 0 };
  /** Told whenever there is less to do than before. */
  onChange: () => void = () => {};

  readonly #options: DispatcherOptions;
  readonly #transport: Transport;
  readonly #jobs = new Map<string, SentJob>();
  readonly #grouping = new Grouping();
  readonly #toAddAgain = new Set<SentJob>();
  readonly #toWithdraw = new Map<SentJob, Abort[]>();
  readonly #suspects = new Set<SentJob>();
  #online = false;
  #adding = 0;
  #telling = 0; // withdrawals under way
  #pumpAsked = false;
  #session = randomUUID();
  #number = 0;
  #offlineTimer: NodeJS.Timeout | undefined;
  #sweepTimer: NodeJS.Timeout | undefined;

  constructor(options: DispatcherOptions, transport: (events: TransportEvents) => Transport) {
    this.#options = options;
    this.#transport = transport(this);
    this.#limitOffline();
    this.#planSweep();
  }

  /** Whether nothing is left to do. */
  get idle(): boolean {
    return this.waiting.size === 0 && this.#jobs.size === 0 && this.#telling === 0;
  }

  /** Calls that have to wait, since Redis has as many jobs as it may have. */
  get queued(): number {
    const room = this.#online ? this.#options.maxInFlight - this.#jobs.size : 0;
    return Math.max(0, this.waiting.size - Math.max(0, room));
  }

  /** Calls that are with a worker, as far as is known; and those that wait for one in Redis. */
  get sent(): { readonly running: number; readonly waiting: number } {
    let [running, waiting] = [0, 0];
    for (const { startedAt, calls } of this.#jobs.values()) {
      if (startedAt === undefined) waiting += calls.length;
      else running += calls.length;
    }
    return { running, waiting };
  }

  get parallelism(): number {
    return Math.max(LEAST_PARALLELISM, this.workers.concurrency);
  }

  push(call: RemoteCall): void {
    this.waiting.push(call);
    this.#transport.keepAlive(true);
    this.#askPump();
  }

  /** A call ended while it waited. */
  dropped(): void {
    this.counts.cancelled++;
    this.waiting.drop();
    this.#changed();
  }

  /** A call was aborted after it was sent. */
  withdraw(call: RemoteCall, reason: unknown): void {
    this.counts.cancelled++;
    const { job } = call;
    if (job === undefined) return;
    if (this.#toWithdraw.size === 0) queueMicrotask(() => void this.#tellWithdrawn());
    const aborts = this.#toWithdraw.get(job) ?? [];
    const { values } = this.#options;
    aborts.push({ id: job.id, index: job.calls.indexOf(call), reason: values.writeThrown(reason) });
    this.#toWithdraw.set(job, aborts);
    this.#telling++;
    this.#endIfDone(job);
  }

  /** Takes a job back that waits in Redis; true, too, if Redis is out of reach. */
  takeBack(job: SentJob): Promise<boolean> {
    return this.#transport.remove(job.id).catch(() => true);
  }

  /** Cancels what has not started: what waits here at once, what waits in Redis once it has been taken back. */
  cancelWaiting(): void {
    for (const call of this.waiting) call.future.cancel();
    for (const job of this.#jobs.values()) if (job.startedAt === undefined) void this.#cancelSent(job);
  }

  async close(): Promise<void> {
    clearTimeout(this.#sweepTimer);
    clearTimeout(this.#offlineTimer);
    await this.#transport.close();
  }

  // What the transport tells.

  online(): void {
    this.#online = true;
    clearTimeout(this.#offlineTimer);
    this.#offlineTimer = undefined;
    void this.#countWorkers();
    this.#askPump();
  }

  offline(): void {
    this.#online = false;
    this.#limitOffline();
  }

  active(id: string): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) this.#start(job);
  }

  progress(id: string, data: string): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) this.#news(job, data);
  }

  completed(id: string, value: string): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) void this.#complete(job, value, false);
  }

  failed(id: string): void {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    if (this.#suspects.size === 0) setImmediate(() => void this.#lookAtSuspects());
    this.#suspects.add(job);
  }

  // Sending.

  #askPump(): void {
    if (this.#pumpAsked) return;
    this.#pumpAsked = true;
    queueMicrotask(() => {
      this.#pumpAsked = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#online && this.#adding < ADDS_AT_ONCE) {
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
    const jobs: SentJob[] = [];
    while (jobs.length < ADD_SIZE && this.#jobs.size < this.#options.maxInFlight) {
      const calls = this.#take();
      if (calls.length === 0) break;
      jobs.push(this.#makeJob(calls));
    }
    return jobs;
  }

  /** The calls of the next job. */
  #take(): RemoteCall[] {
    const first = this.waiting.peek();
    if (first === undefined) return [];
    const { task, priority } = first;
    const size = first.alone ? 1 : this.#grouping.size(task.name, this.waiting.size, this.parallelism);
    if (size === 0) return [];
    const calls: RemoteCall[] = [];
    let left = this.#options.maxPayload / 2;
    for (let call: RemoteCall | undefined = first; call !== undefined; call = this.waiting.peek()) {
      const fits = !call.alone && call.task.name === task.name && call.priority === priority;
      if (calls.length > 0 && (!fits || calls.length >= size || call.payload.length > left)) break;
      left -= call.payload.length;
      calls.push(call);
      this.waiting.shift();
      if (call.alone) break;
    }
    return calls;
  }

  #makeJob(calls: readonly RemoteCall[]): SentJob {
    const [first] = calls as readonly [RemoteCall];
    if (this.#number === SESSION_JOBS) {
      this.#session = randomUUID();
      this.#number = 0;
    }
    const { timeout, retries, name } = first.options;
    const header: JobHeader = {
      session: this.#session,
      number: this.#number++,
      expires: Date.now() + this.#options.expiryMs,
      chunk: first.task.chunk,
      calls: calls.length,
      inbox: this.#transport.inbox,
      ...(timeout !== undefined && Number.isFinite(timeout) ? { timeout } : {}),
      ...(retries ? { retries } : {}),
      ...(name !== undefined ? { name } : {}),
    };
    const id = randomUUID();
    const address = { queue: this.#options.queue, id, task: first.task.name };
    const payload = toLines(calls.map((call) => call.payload));
    const job = new SentJob(id, seal(this.#options.keyring, "job", address, header, payload), calls);
    this.#jobs.set(id, job);
    this.#grouping.sent(job.name);
    return job;
  }

  async #add(jobs: readonly SentJob[]): Promise<void> {
    this.#adding++;
    try {
      await this.#transport.add(jobs);
      const now = performance.now();
      for (const job of jobs) job.confirmedAt = now;
    } catch (error) {
      this.#notAdded(jobs, error);
    }
    this.#adding--;
    this.#pump();
  }

  /** Whether it arrived is not known, if the connection was lost. Adding it again is harmless. */
  #notAdded(jobs: readonly SentJob[], cause: unknown): void {
    const now = performance.now();
    for (const job of jobs) {
      if (!this.#jobs.has(job.id)) continue;
      job.failingSince ??= now;
      if (isRefusal(cause)) this.#fail(job, () => new BrokenExecutorError(`Redis refused a job: ${cause}`, { cause }));
      else if (now - job.failingSince > this.#options.offlineTimeoutMs) this.#fail(job, () => unreachable(cause));
      else this.#toAddAgain.add(job);
    }
    if (this.#online && this.#toAddAgain.size > 0) {
      this.#online = false; // for the moment
      setTimeout(() => {
        if (this.#offlineTimer === undefined) this.online();
      }, RETRY_MS);
    }
  }

  // Hearing of jobs.

  /** @param tookMs for how long a worker has had it, if that is known */
  #start(job: SentJob, tookMs = 0): void {
    if (job.startedAt !== undefined) return;
    job.startedAt = Math.max(performance.now() - tookMs, (job.calls[0] as RemoteCall).submittedAt);
    for (const call of job.calls) {
      this.waitTime.record(job.startedAt - call.submittedAt);
      if (call.state === "sent") call.start();
    }
  }

  #news(job: SentJob, data: string): void {
    const opened = this.#open(job, "news", data);
    if (typeof opened === "string") {
      this.#refuse(job, opened);
      return;
    }
    if (opened.header.number <= job.news) return;
    job.news = opened.header.number;
    this.#start(job, opened.header.took);
    for (const line of fromLines(opened.payload)) {
      const call = job.calls[Number.parseInt(line, 10)];
      const kind = line[line.indexOf(" ") + 1];
      const text = line.slice(line.indexOf(" ") + 2);
      if (call === undefined) continue;
      if (kind === "*") this.#tellProgress(call, text);
      else this.#settle(job, call, `${kind}${text}`);
    }
    this.#endIfDone(job);
  }

  /** @param sure whether this is the job's final value, and not an event, which anybody might have made up (D4) */
  async #complete(job: SentJob, value: string, sure: boolean): Promise<void> {
    const opened = this.#open(job, "result", value);
    if (typeof opened === "string") {
      this.#refuse(job, opened);
      if (sure) this.#fail(job, () => new JobRefusedError(`The result of a call was refused: ${opened}`));
      return;
    }
    if (sure && job.news < opened.header.number && !job.newsAwaited) {
      job.newsAwaited = true; // its last progress may be on its way still; the next sweep takes it as it is
      return;
    }
    const loading = this.#options.classesKnown();
    if (loading !== undefined) await loading;
    const lines = fromLines(opened.payload);
    this.#start(job, opened.header.took);
    job.calls.forEach((call, index) => {
      if (call.state === "ended") return;
      this.runTime.record(opened.header.took);
      this.#settle(job, call, lines[index] ?? "");
    });
    this.#endIfDone(job, opened.header.elapsed);
  }

  #open(job: SentJob, kind: "news" | "result", text: string) {
    const { keyring, maxPayload, queue } = this.#options;
    if (text.length > 2 * maxPayload + 1000) return `it is larger than \`maxPayload\`, which is ${maxPayload}`;
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return "it is damaged";
    }
    return open<AnswerHeader>(keyring, kind, { queue, id: job.id, task: job.name }, message, maxPayload);
  }

  #tellProgress(call: RemoteCall, text: string): void {
    if (call.state !== "sent") return;
    try {
      call.future.setProgress(this.#options.values.read(text, "result", "progress"));
    } catch (error) {
      this.#options.log(`concurrent-futures: progress of ${call.task.name} cannot be read: ${error}`);
    }
  }

  #settle(job: SentJob, call: RemoteCall, line: string): void {
    let value: unknown;
    let threw = line[0] !== "+";
    try {
      value = this.#options.values.read(line.slice(1), "result", threw ? "error" : "result");
    } catch (error) {
      threw = true;
      value = error;
    }
    if (threw) withSite(value, call.site);
    const settled = call.settle((future) => {
      if (threw) future.setException(value);
      else future.setResult(value);
    });
    if (!settled) return;
    if (!threw) this.counts.completed++;
    else this.counts.failed++;
    if (threw && Object(value).code === "ERR_WORKER_CRASHED") this.counts.crashed++;
    job.startedAt ??= performance.now();
  }

  #refuse(job: SentJob, why: string): void {
    this.#options.log(`concurrent-futures: what was said about job ${job.id} (${job.name}) was refused: ${why}`);
  }

  /** Rejects the calls of a job, an error each. */
  #fail(job: SentJob, error: () => Error): void {
    for (const call of job.calls) {
      if (call.job !== job) continue; // it runs again in another
      const settled = call.settle((future) => {
        future.setException(withSite(error(), call.site));
      });
      if (settled) this.counts.failed++;
    }
    this.#endIfDone(job);
  }

  /** The job's worker died, or Redis lost it: those who may run again do. */
  #runAgainOr(job: SentJob, error: () => Error): void {
    const again = job.calls.filter((call) => call.state === "sent" && call.retriesLeft > 0);
    for (const call of again) {
      call.retriesLeft--;
      call.state = "waiting";
      call.job = undefined;
    }
    this.#end(job);
    this.#fail(job, error);
    for (const call of again) this.push(call);
  }

  #endIfDone(job: SentJob, elapsedMs?: number): void {
    if (job.ended) this.#end(job, elapsedMs);
  }

  #end(job: SentJob, elapsedMs?: number): void {
    if (!this.#jobs.delete(job.id)) return;
    this.#toAddAgain.delete(job);
    this.#grouping.ended(job.name, job.calls.length, elapsedMs);
    this.#changed();
  }

  #changed(): void {
    if (this.waiting.size > 0) this.#askPump();
    if (this.idle) this.#transport.keepAlive(false);
    this.onChange();
  }

  // Taking back.

  async #tellWithdrawn(): Promise<void> {
    const withdrawn = [...this.#toWithdraw];
    this.#toWithdraw.clear();
    const { keyring, queue, expiryMs } = this.#options;
    try {
      await Promise.all(withdrawn.filter(([job]) => job.ended).map(([job]) => this.#transport.remove(job.id)));
      const aborts = withdrawn.flatMap(([, ofJob]) => ofJob);
      const header = { expires: Date.now() + expiryMs };
      const control: Control = { aborts };
      const sealed = seal(keyring, "control", { queue, id: "", task: "" }, header, JSON.stringify(control));
      await this.#transport.broadcast(JSON.stringify(sealed));
    } catch {
      // Redis is out of reach: the task goes on, and nobody waits for it.
    }
    for (const [, ofJob] of withdrawn) this.#telling -= ofJob.length;
    this.#changed();
  }

  async #cancelSent(job: SentJob): Promise<void> {
    const removed = await this.#transport.remove(job.id).catch(() => false);
    if (!removed || !this.#jobs.has(job.id)) return;
    for (const call of job.calls) {
      if (call.settle((future) => future.abort(new CancelledError("The call was cancelled before it started")))) {
        this.counts.cancelled++;
      }
    }
    this.#endIfDone(job);
  }

  // Asking about jobs.

  #planSweep(): void {
    this.#sweepTimer = setTimeout(async () => {
      await this.#sweep().catch(() => {}); // Redis is out of reach
      this.#planSweep();
    }, this.#options.sweepIntervalMs).unref();
  }

  async #sweep(): Promise<void> {
    if (!this.#online) return;
    await this.#countWorkers();
    const before = performance.now() - this.#options.sweepIntervalMs / 2;
    const jobs = [...this.#jobs.values()].filter(
      ({ confirmedAt }) => confirmedAt !== undefined && confirmedAt < before,
    );
    await this.#lookAt(jobs);
  }

  async #lookAtSuspects(): Promise<void> {
    const jobs = [...this.#suspects];
    this.#suspects.clear();
    await this.#lookAt(jobs).catch(() => {}); // the sweep asks again
  }

  async #lookAt(jobs: readonly SentJob[]): Promise<void> {
    if (jobs.length === 0) return;
    const states = await this.#transport.look(jobs.map(({ id }) => id));
    for (const [index, state] of states.entries()) {
      const job = jobs[index];
      if (job !== undefined && this.#jobs.get(job.id) === job) await this.#learn(job, state);
    }
  }

  async #learn(job: SentJob, state: JobState): Promise<void> {
    job.missing = state.kind === "missing" ? job.missing + 1 : 0;
    switch (state.kind) {
      case "active":
        this.#start(job);
        break;
      case "completed":
        await this.#complete(job, state.value, true);
        break;
      case "failed":
        this.#failed(job, state.reason);
        break;
      case "missing":
        if (job.missing < 2) break;
        this.#runAgainOr(job, () => new JobLostError(`Redis lost a call of ${job.name}; it may have run`));
        break;
    }
  }

  #failed(job: SentJob, reason: string): void {
    if (reason.includes(UNKNOWN_FUNCTION)) {
      this.#fail(job, () => new TaskReferenceError(`The worker cannot run ${job.name}: ${reason}`));
      return;
    }
    if (!/stalled|started more than/.test(reason)) {
      this.#fail(job, () => new JobRefusedError(`A worker did not run a call of ${job.name}: ${reason}`));
      return;
    }
    this.counts.crashed++;
    this.#runAgainOr(
      job,
      () => new WorkerCrashedError(`The workers that ran ${job.name} were lost, one after the other: ${reason}`),
    );
  }

  async #countWorkers(): Promise<void> {
    try {
      const notes = await this.#transport.workers();
      this.workers = { count: notes.length, concurrency: notes.reduce((sum, note) => sum + note.concurrency, 0) };
    } catch {
      // as it was
    }
  }

  // Being offline.

  #limitOffline(): void {
    if (this.#offlineTimer !== undefined) return;
    this.#offlineTimer = setTimeout(() => {
      for (const call of this.waiting) this.#giveUp(call);
      for (const job of [...this.#jobs.values()]) this.#fail(job, () => unreachable());
      this.#offlineTimer = undefined;
      if (!this.#online) this.#limitOffline();
    }, this.#options.offlineTimeoutMs);
    this.#offlineTimer.unref(); // the connection itself keeps the program alive
  }

  #giveUp(call: RemoteCall): void {
    const settled = call.settle((future) => future.setException(unreachable()));
    if (!settled) return;
    this.counts.failed++;
    this.waiting.drop();
    this.#changed();
  }
}

function unreachable(cause?: unknown): BrokenExecutorError {
  const message = "Redis could not be reached for longer than `offlineTimeout`; the task may have run";
  return new BrokenExecutorError(message, cause === undefined ? undefined : { cause });
}
