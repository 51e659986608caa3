/**
 * Packer: puts waiting calls into jobs, as many as may be out at once.
 *
 * Calls of one function that are short travel together (Grouping), equal ones in priority only, in the order in which
 * they were submitted; one of which something is said alone goes alone.
 */
import { randomUUID } from "node:crypto";
import type { DispatcherOptions } from "./dispatcher-options.js";
import { Grouping } from "./grouping.js";
import { type JobHeader, seal, toLines } from "./messages.js";
import type { RemoteCall } from "./remote-call.js";
import { SentJob } from "./sent-job.js";
import { WaitingCalls } from "./waiting-calls.js";

/** After so many jobs a submitter takes a new session, whose bitmap is small (ReplayGuard). */
const SESSION_JOBS = 2 ** 20;

type PackerOptions = Pick<DispatcherOptions, "queue" | "maxPayload" | "expiryMs" | "keyring">;

export class Packer {
  readonly waiting: WaitingCalls = new WaitingCalls();
  readonly #options: PackerOptions;
  readonly #inbox: string;
  readonly #grouping = new Grouping();
  #session = randomUUID();
  #number = 0;

  constructor(options: PackerOptions, inbox: string) {
    this.#options = options;
    this.#inbox = inbox;
  }

  /** The next job, if there is one that need not wait. */
  next(parallelism: number): SentJob | undefined {
    const calls = this.#take(parallelism);
    return calls.length === 0 ? undefined : this.#makeJob(calls);
  }

  /** @param elapsedMs what its calls cost their worker, if they ran */
  ended({ name, calls }: SentJob, elapsedMs: number | undefined): void {
    this.#grouping.ended(name, calls.length, elapsedMs);
  }

  #take(parallelism: number): RemoteCall[] {
    const first = this.waiting.peek();
    if (first === undefined) return [];
    const { task, priority } = first;
    const size = first.alone ? 1 : this.#grouping.size(task.name, this.waiting.size, parallelism);
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
      inbox: this.#inbox,
      ...(timeout !== undefined && Number.isFinite(timeout) ? { timeout } : {}),
      ...(retries ? { retries } : {}),
      ...(name !== undefined ? { name } : {}),
    };
    const id = randomUUID();
    const address = { queue: this.#options.queue, id, task: first.task.name };
    const payload = toLines(calls.map((call) => call.payload));
    const job = new SentJob(id, seal(this.#options.keyring, "job", address, header, payload), calls);
    this.#grouping.sent(job.name);
    return job;
  }
}
