/**
 * RemoteJob: the calls of one job, while they run in a worker's pool.
 *
 * N1  Progress goes out in batches, at most one every NEWS_MS, and none of it is lost: what has not gone out when the job
 *     ends goes out before its result.
 * N2  A call that has ended while others of its job go on is told after SLOW_MS: nobody waits for a neighbor.
 */
import {
  type AnyTask,
  type ChunkFunction,
  type Executor,
  type Future,
  runChunk,
  SerializationError,
  type Task,
  type TaskOptions,
  TimeoutError,
  taskShape,
} from "@concurrent-futures/core";
import type { Abort, JobHeader } from "./messages.js";
import type { Values } from "./values.js";

const NEWS_MS = 20;
const SLOW_MS = 20;

type AnyCall = Task<readonly unknown[], unknown>;

const chunks = new WeakMap<AnyTask, AnyCall>();

/** The task that runs another over many items, as `map` makes it. */
function chunkOf(task: AnyTask): AnyCall {
  const known = chunks.get(task);
  if (known !== undefined) return known;
  const run: ChunkFunction =
    typeof task === "function"
      ? runChunk(task)
      : async (bound, items, spread) => runChunk(await task.load())(bound, items, spread);
  const shape = { value: Object.freeze({ kind: "chunk", task }) };
  const chunk = Object.defineProperty(run, taskShape, shape) as unknown as AnyCall;
  chunks.set(task, chunk);
  return chunk;
}

export interface RemoteJobOptions {
  readonly pool: Executor;
  readonly values: Values;
  readonly maxPayload: number;
  /** Sends lines of news; what it returns rejects when that failed. */
  readonly tell: (lines: readonly string[]) => Promise<void>;
}

export class RemoteJob {
  readonly #options: RemoteJobOptions;
  readonly #futures: (Future<unknown> | undefined)[] = [];
  readonly #outcomes: (string | undefined)[];
  readonly #aborted = new Map<number, Abort>(); // before they started
  #news: string[] = [];
  #told: Promise<void> = Promise.resolve();
  #newsTimer: NodeJS.Timeout | undefined;
  #slow = false;

  constructor(options: RemoteJobOptions, calls: number) {
    this.#options = options;
    this.#outcomes = new Array(calls);
  }

  /**
   * Runs the calls. Resolves with a line for each: `+` and the result, `-` and what it threw, or `!` and the TimeoutError
   * that ended it. Rejects only when the pool is broken.
   */
  async run(fn: AnyTask, header: JobHeader, payloads: readonly string[]): Promise<string[]> {
    const { timeout, retries, name } = header;
    const { pool } = this.#options;
    const plain = timeout === undefined && retries === undefined && name === undefined;
    const bound = plain ? pool : pool.with(given(header));
    const task = header.chunk ? chunkOf(fn) : (fn as AnyCall);
    const slowTimer = payloads.length > 1 ? setTimeout(() => this.#tellSlow(), SLOW_MS) : undefined;
    try {
      await Promise.all(payloads.map((payload, index) => this.#runOne(bound, task, payload, index)));
    } finally {
      clearTimeout(slowTimer);
      clearTimeout(this.#newsTimer);
    }
    this.#flush();
    await this.#told;
    return this.#outcomes as string[];
  }

  /** Aborts calls, also before they have started. */
  abort(aborts: Iterable<Abort>): void {
    for (const abort of aborts) {
      const future = this.#futures[abort.index];
      if (future === undefined) this.#aborted.set(abort.index, abort);
      else future.abort(this.#reasonOf(abort));
    }
  }

  #reasonOf({ reason }: Abort): unknown {
    try {
      return this.#options.values.read(reason, "argument", "reason");
    } catch (error) {
      return error;
    }
  }

  async #runOne(bound: Pick<Executor, "submit">, task: AnyCall, payload: string, index: number): Promise<void> {
    let line: string;
    let future: Future<unknown> | undefined;
    try {
      const args = this.#options.values.read(payload, "argument") as readonly unknown[];
      future = bound.submit(task, ...args);
      this.#futures[index] = future;
      future.addProgressCallback((value) => this.#progress(index, value));
      const aborted = this.#aborted.get(index);
      if (aborted !== undefined) future.abort(this.#reasonOf(aborted));
      line = `+${this.#write(await future)}`;
    } catch (error) {
      const timedOut = error instanceof TimeoutError && future?.cancelled() === true;
      line = `${timedOut ? "!" : "-"}${this.#options.values.writeThrown(error)}`;
    }
    this.#outcomes[index] = line;
    if (this.#slow) this.#say(`${index} ${line}`);
  }

  #write(value: unknown): string {
    const { values, maxPayload } = this.#options;
    const text = values.write(value, "result");
    if (text.length < maxPayload) return text;
    const message = `The result has ${text.length} characters, \`maxPayload\` is ${maxPayload}`;
    throw new SerializationError(message, { side: "result", path: "result" });
  }

  #progress(index: number, value: unknown): void {
    try {
      this.#say(`${index} *${this.#options.values.write(value, "result", "progress")}`);
    } catch (error) {
      process.emitWarning(`Progress of a task cannot be sent: ${error}`, "ConcurrentFuturesWarning");
    }
  }

  #tellSlow(): void {
    this.#slow = true;
    for (const [index, line] of this.#outcomes.entries()) if (line !== undefined) this.#say(`${index} ${line}`);
  }

  #say(line: string): void {
    this.#news.push(line);
    this.#newsTimer ??= setTimeout(() => this.#flush(), NEWS_MS);
  }

  #flush(): void {
    clearTimeout(this.#newsTimer);
    this.#newsTimer = undefined;
    if (this.#news.length === 0) return;
    const lines = this.#news.splice(0);
    this.#told = this.#told.then(() => this.#options.tell(lines)).catch(() => {}); // the result says the rest
  }
}

/** Options without those that were not given. */
function given({ timeout, retries, name }: JobHeader): TaskOptions {
  return {
    ...(timeout === undefined ? {} : { timeout }),
    ...(retries === undefined ? {} : { retries }),
    ...(name === undefined ? {} : { name }),
  };
}
