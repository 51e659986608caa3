/**
 * Withdrawals: takes sent calls back. What waits in Redis is removed; what runs is told to stop, through the control
 * stream, which every worker reads. Nobody waits for it: the call's future has ended before.
 */
import type { DispatcherOptions } from "./dispatcher-options.js";
import { type Abort, type Control, seal } from "./messages.js";
import type { RemoteCall } from "./remote-call.js";
import type { SentJob } from "./sent-job.js";
import type { SentJobs } from "./sent-jobs.js";
import type { Transport } from "./transport.js";

type WithdrawalsOptions = Pick<DispatcherOptions, "queue" | "keyring" | "values" | "expiryMs">;

export interface WithdrawalsParts {
  readonly jobs: SentJobs;
  readonly transport: Transport;
  /** Told when some have gone out. */
  readonly onChange: () => void;
}

export class Withdrawals {
  readonly #options: WithdrawalsOptions;
  readonly #parts: WithdrawalsParts;
  readonly #aborts = new Map<SentJob, Abort[]>();
  /** Calls of which workers have not been told yet. */
  underWay = 0;

  constructor(options: WithdrawalsOptions, parts: WithdrawalsParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** The call was aborted after it was sent. */
  withdraw(call: RemoteCall, job: SentJob, reason: unknown): void {
    if (this.#aborts.size === 0) queueMicrotask(() => void this.#tell());
    const aborts = this.#aborts.get(job) ?? [];
    aborts.push({ id: job.id, index: job.calls.indexOf(call), reason: this.#options.values.writeThrown(reason) });
    this.#aborts.set(job, aborts);
    this.underWay++;
    this.#parts.jobs.endIfDone(job);
  }

  /** Cancels the calls of a job, if it still waits in Redis. */
  async cancel(job: SentJob): Promise<void> {
    const { jobs, transport } = this.#parts;
    const removed = await transport.remove(job.id).catch(() => false);
    if (removed && jobs.has(job)) jobs.cancel(job);
  }

  async #tell(): Promise<void> {
    const withdrawn = [...this.#aborts];
    this.#aborts.clear();
    const { transport, onChange } = this.#parts;
    try {
      await Promise.all(withdrawn.filter(([job]) => job.ended).map(([job]) => transport.remove(job.id)));
      await transport.broadcast(this.#message(withdrawn.flatMap(([, aborts]) => aborts)));
    } catch {
      // Redis is out of reach: the task goes on, and nobody waits for it.
    }
    for (const [, aborts] of withdrawn) this.underWay -= aborts.length;
    onChange();
  }

  #message(aborts: readonly Abort[]): string {
    const { keyring, queue, expiryMs } = this.#options;
    const control: Control = { aborts };
    const header = { expires: Date.now() + expiryMs };
    return JSON.stringify(seal(keyring, "control", { queue, id: "", task: "" }, header, JSON.stringify(control)));
  }
}
