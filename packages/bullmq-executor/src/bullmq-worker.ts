/**
 * BullMQWorker: takes jobs from the queue and runs their calls in a pool of this machine.
 *
 *   job ──► sealed? known? new? ──► RemoteJob ──► pool ──► result, sealed
 *            └─ no: a log line, and the job fails; nothing of it is run
 *
 *   new ──run()──► running ──close(), SIGTERM──► closing: finishes what it has begun ──► closed
 *
 * B1  Tasks run in the pool's workers, so the event loop here is free to renew the jobs' locks: a lock that is lost means
 *     that the job is run once more elsewhere.
 * B2  Closing never hangs: once nothing runs here any more, Redis has CLOSE_LIMIT_MS to say goodbye.
 */
import { randomUUID } from "node:crypto";
import { availableParallelism, hostname } from "node:os";
import type { Executor } from "@concurrent-futures/core";
import { ProcessPoolExecutor } from "@concurrent-futures/process-executor";
import { type Job, UnrecoverableError } from "bullmq";
import type { Redis } from "ioredis";
import { GONE_MS, HEARTBEAT_MS, MAX_CONTROL, type RedisKeys, redisKeys } from "./bullmq-keys.js";
import { CautiousWorker } from "./cautious-worker.js";
import { checkInteger, checkObject } from "./checks.js";
import { Keyring } from "./keyring.js";
import {
  type Abort,
  type Address,
  type AnswerHeader,
  type Control,
  fromLines,
  type JobHeader,
  open,
  type Sealed,
  seal,
  toLines,
  UNKNOWN_FUNCTION,
} from "./messages.js";
import { checkSharedOptions, DEFAULT_MAX_PAYLOAD, logToStderr, type SharedOptions } from "./options.js";
import { Outbox } from "./outbox.js";
import { connectForWorker, connectToWait } from "./redis.js";
import { Registry, type TaskModules } from "./registry.js";
import { RemoteJob } from "./remote-job.js";
import { ReplayGuard } from "./replay-guard.js";
import { type Fields, field, StreamReader } from "./stream-reader.js";
import { Values } from "./values.js";

export interface BullMQWorkerOptions extends SharedOptions {
  /** The modules whose functions may be run, by the names that submitters use: `{ "./tasks.js": tasks }`. */
  readonly tasks: TaskModules;
  /** Runs the tasks; it is shut down with the worker. Default: a new ProcessPoolExecutor. */
  readonly pool?: Executor;
  /** Jobs at once. Default: `os.availableParallelism()`, as the pool's workers. */
  readonly concurrency?: number;
  /** Milliseconds without a sign of life after which a job is taken from its worker. Default 10,000. */
  readonly lockDuration?: number;
  /** Milliseconds between looks at whether other workers were lost. Default 5,000. */
  readonly stalledInterval?: number;
  /** How often a job whose worker was lost is run again. Default 1. */
  readonly maxStalledCount?: number;
}

/** How long results are kept in Redis, for submitters that were busy or away; in seconds, and at most so many. */
const KEEP = { age: 600, count: 50_000 };
const CLOSE_LIMIT_MS = 3_000;
/** How long ends of jobs are gathered before the other workers are told. */
const NOTE_MS = 50;
/** Aborts of jobs that have not come here (yet) are kept, this many. */
const KEPT_ABORTS = 10_000;

/**
 * Takes the calls that `BullMQExecutor`s of the same queue submit, on this machine, and runs those of registered functions.
 *
 * ```ts
 * await using worker = new BullMQWorker({ queue: "reports", connection, tasks: { "./tasks.js": tasks }, pool });
 * await worker.run(); // until SIGTERM; finishes what it has begun
 * ```
 */
export class BullMQWorker {
  /** Tells apart the workers of a queue. */
  readonly id: string = randomUUID();
  readonly #queue: string;
  readonly #keyring: Keyring;
  readonly #registry: Registry;
  readonly #values: Values;
  readonly #pool: Executor;
  readonly #maxPayload: number;
  readonly #log: (line: string) => void;
  readonly #concurrency: number;
  readonly #note: string; // its sign of life
  readonly #keys: RedisKeys;
  readonly #redis: Redis;
  readonly #control: StreamReader;
  readonly #outbox: Outbox;
  readonly #bull: CautiousWorker;
  readonly #guard = new ReplayGuard();
  readonly #running = new Map<string, RemoteJob>();
  #callsRunning = 0;
  readonly #aborts = new Map<string, Abort[]>(); // of jobs that are not here
  readonly #done = new Map<string, JobHeader>(); // what Redis is being told that it has ended
  #toNote: JobHeader[] = []; // what the other workers are to be told
  readonly #ending = new Set<Promise<unknown>>(); // jobs that are being run
  #heartbeat: NodeJS.Timeout | undefined;
  #state: "new" | "running" | "closing" = "new";
  #closed: Promise<void> | undefined;
  #hasClosed: () => void = () => {};
  readonly #whenClosed: Promise<void> = new Promise((resolve) => {
    this.#hasClosed = resolve;
  });

  /** @throws {TypeError|RangeError} naming the option that is wrong */
  constructor(options: BullMQWorkerOptions) {
    checkSharedOptions(options);
    if (options.tasks === undefined)
      throw new TypeError("Expected `tasks` to be modules by their names, got undefined");
    checkObject("tasks", options.tasks);
    checkInteger("concurrency", options.concurrency, 1);
    checkInteger("lockDuration", options.lockDuration, 100);
    checkInteger("stalledInterval", options.stalledInterval, 1);
    checkInteger("maxStalledCount", options.maxStalledCount, 0);
    const { queue, connection = {}, prefix = "bull" } = options;
    this.#queue = queue;
    this.#keyring = new Keyring(options.keys, options.unsigned === true);
    this.#registry = new Registry(options.tasks);
    const registry = this.#registry;
    this.#values = new Values({ nameOf: (cls) => registry.nameOf(cls), find: (name) => registry.findClass(name) });
    this.#maxPayload = options.maxPayload ?? DEFAULT_MAX_PAYLOAD;
    this.#log = options.log ?? logToStderr;
    this.#concurrency = options.concurrency ?? availableParallelism();
    const note = { id: this.id, concurrency: this.#concurrency, host: hostname(), pid: process.pid };
    this.#note = JSON.stringify(note);
    this.#pool = options.pool ?? new ProcessPoolExecutor({ maxWorkers: this.#concurrency });
    this.#keys = redisKeys(prefix, queue);
    this.#redis = connectForWorker(connection);
    this.#outbox = new Outbox(this.#redis, this.#keys);
    const control = { key: this.#keys.control, onEntry: (fields: Fields) => this.#onControl(fields) };
    this.#control = new StreamReader(connectToWait(connection), [control]);
    this.#bull = new CautiousWorker(queue, (job: Job) => this.#process(job), {
      connection: this.#redis,
      prefix,
      autorun: false,
      concurrency: this.#concurrency,
      lockDuration: options.lockDuration ?? 10_000,
      stalledInterval: options.stalledInterval ?? 5_000,
      maxStalledCount: options.maxStalledCount ?? 1,
      removeOnComplete: KEEP,
      removeOnFail: KEEP,
      runRetryDelay: 500,
    });
    this.#bull.on("error", (error) => this.#onError(error));
    this.#bull.on("completed", ({ id = "" }: Job) => this.#noteDone(id));
  }

  /**
   * Runs jobs until `close()`, SIGTERM or SIGINT; then finishes what it has begun. After the first signal a second one
   * has its usual effect.
   */
  async run(): Promise<void> {
    const stop = () => {
      process.off("SIGTERM", stop).off("SIGINT", stop);
      void this.close();
    };
    process.on("SIGTERM", stop).on("SIGINT", stop);
    try {
      await this.ready();
      await this.#whenClosed;
    } finally {
      process.off("SIGTERM", stop).off("SIGINT", stop);
    }
  }

  /** Starts taking jobs. Resolves when Redis has been reached. */
  async ready(): Promise<void> {
    if (this.#state === "new") {
      this.#state = "running";
      await Promise.race([this.#start(), this.#whenClosed]);
    }
  }

  async #start(): Promise<void> {
    await this.#control.start();
    await this.#beat();
    if (this.#state !== "running") return;
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS);
    void this.#bull.run().catch((error) => this.#onError(error));
  }

  /** Takes no more jobs, finishes those that it has, and shuts the pool down. */
  close(): Promise<void> {
    this.#state = "closing";
    this.#closed ??= this.#end();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(): Promise<void> {
    const closing = this.#bull.close();
    closing.catch(() => {});
    while (this.#ending.size > 0) await Promise.allSettled(this.#ending);
    clearInterval(this.#heartbeat);
    await within(CLOSE_LIMIT_MS, Promise.allSettled([closing, this.#redis.zrem(this.#keys.workers, this.#note)]));
    await within(CLOSE_LIMIT_MS, this.#tellDone());
    this.#control.end();
    this.#redis.disconnect();
    void this.#bull.abandon();
    await this.#pool.shutdown();
    this.#hasClosed();
  }

  async #process(job: Job): Promise<Sealed> {
    const work = this.#run(job);
    this.#ending.add(work);
    try {
      return await work;
    } finally {
      this.#ending.delete(work);
    }
  }

  async #run(job: Job): Promise<Sealed> {
    const { id = "", name, data } = job;
    const address = { queue: this.#queue, id, task: name };
    const opened = open<JobHeader>(this.#keyring, "job", address, data, this.#maxPayload + 4096);
    if (typeof opened === "string") throw this.#refuse(job, opened);
    const { header, payload } = opened;
    if (!this.#guard.knows(header.session)) await this.#learn(header);
    if (this.#guard.has(header)) {
      const known = this.#guard.resultOf(id); // G2
      if (known !== undefined) return known;
      throw this.#refuse(job, "it was run already");
    }
    const fn = this.#registry.find(name);
    if (fn === undefined) {
      const known = this.#registry.functions.slice(0, 20).join(", ") || "none";
      throw this.#refuse(job, `${UNKNOWN_FUNCTION}, only ${known}`);
    }
    const payloads = fromLines(payload);
    if (payloads.length !== header.calls) throw this.#refuse(job, "it is damaged");

    const start = performance.now();
    let number = 0;
    const answer = (elapsed: number, took: number): AnswerHeader => ({
      expires: header.expires,
      number,
      elapsed,
      took,
    });
    const running = new RemoteJob(
      {
        pool: this.#pool,
        values: this.#values,
        maxPayload: this.#maxPayload,
        tell: async (lines) => {
          number++;
          await job.updateProgress(
            seal(this.#keyring, "news", address, answer(0, performance.now() - start), toLines(lines)),
          );
        },
      },
      header.calls,
    );
    this.#running.set(id, running);
    running.abort(this.#aborts.get(id) ?? []);
    this.#callsRunning += header.calls;
    try {
      const lines = await running.run(fn, header, payloads);
      const took = performance.now() - start;
      const cost = (took * header.calls) / this.#callsRunning;
      const result = seal(this.#keyring, "result", address, answer(cost, took), toLines(lines));
      this.#guard.add(header);
      this.#guard.keep(id, result);
      this.#done.set(id, header);
      if (number === 0) this.#outbox.send(header.inbox, id, result); // else it would overtake the news
      return result;
    } finally {
      this.#callsRunning -= header.calls;
      this.#running.delete(id);
    }
  }

  /** What Redis knows of a session that is new here. */
  async #learn(header: JobHeader): Promise<void> {
    const bitmap = await this.#redis.getBuffer(this.#keys.done(header.session));
    this.#guard.load(header, bitmap ?? new Uint8Array());
  }

  #refuse({ id = "", name }: Job, why: string): Error {
    this.#done.delete(id);
    this.#log(`concurrent-futures-worker: refused job ${printable(id)} (${printable(name)}): ${why}`);
    return new UnrecoverableError(`refused: ${why}`);
  }

  #onControl(fields: Fields): void {
    const control = this.#openControl(field(fields, "m") ?? "");
    if (typeof control === "string") {
      this.#log(`concurrent-futures-worker: refused a control message: ${control}`);
      return;
    }
    const { aborts = [], done } = control;
    for (const abort of aborts) {
      const running = this.#running.get(abort.id);
      if (running !== undefined) running.abort([abort]);
      else this.#keepAbort(abort);
    }
    if (done === undefined || !this.#guard.knows(done.session)) return; // else Redis is asked when a job comes
    for (const number of done.numbers) this.#guard.add({ ...done, number });
  }

  #openControl(text: string): Control | string {
    try {
      const opened = open(this.#keyring, "control", this.#everybody, JSON.parse(text), this.#maxPayload);
      return typeof opened === "string" ? opened : JSON.parse(opened.payload);
    } catch {
      return "it is damaged";
    }
  }

  get #everybody(): Address {
    return { queue: this.#queue, id: "", task: "" };
  }

  /** It may have been sent before the job is taken up. */
  #keepAbort(abort: Abort): void {
    const known = this.#aborts.get(abort.id);
    if (known === undefined) this.#aborts.set(abort.id, [abort]);
    else known.push(abort);
    for (const oldest of this.#aborts.keys()) {
      if (this.#aborts.size <= KEPT_ABORTS) break;
      this.#aborts.delete(oldest);
    }
  }

  #noteDone(id: string): void {
    const header = this.#done.get(id);
    if (header === undefined) return;
    this.#done.delete(id);
    if (this.#toNote.length === 0) setTimeout(() => void this.#tellDone(), NOTE_MS);
    this.#toNote.push(header);
  }

  /** Tells the other workers which jobs have ended: those that hear it now, and those that will ask. */
  async #tellDone(): Promise<void> {
    const pipeline = this.#redis.pipeline();
    const sessions = new Map<string, { session: string; expires: number; numbers: number[] }>();
    for (const { session, number, expires } of this.#toNote.splice(0)) {
      const done = sessions.get(session) ?? { session, expires, numbers: [] };
      sessions.set(session, done);
      done.expires = Math.max(done.expires, expires);
      done.numbers.push(number);
      pipeline.setbit(this.#keys.done(session), number, 1);
    }
    for (const done of sessions.values()) {
      const { session, expires } = done;
      const control: Control = { done };
      const sealed = seal(this.#keyring, "control", this.#everybody, { expires }, JSON.stringify(control));
      pipeline.pexpireat(this.#keys.done(session), `${expires}`);
      pipeline.xadd(this.#keys.control, "MAXLEN", "~", MAX_CONTROL, "*", "m", JSON.stringify(sealed));
    }
    await pipeline.exec().catch(() => {}); // Redis is away; this worker's own bits stand
  }

  async #beat(): Promise<void> {
    this.#guard.forget();
    try {
      const [seconds] = await this.#redis.time();
      const now = Number(seconds) * 1000;
      await this.#redis.zadd(this.#keys.workers, now, this.#note);
      await this.#redis.zremrangebyscore(this.#keys.workers, "-inf", `${now - 6 * GONE_MS}`);
    } catch {
      // Redis is away; the next one tells.
    }
  }

  #onError(error: Error): void {
    if (this.#state === "closing") return;
    this.#log(`concurrent-futures-worker: ${error.message}`);
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, late]);
  clearTimeout(timer);
}

/** What somebody else wrote, for one line of a log. */
function printable(text: unknown): string {
  return JSON.stringify(String(text).slice(0, 100));
}
