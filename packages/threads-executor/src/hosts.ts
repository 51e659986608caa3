/** Where jobs run: on workers that the executor starts, or in a pool that it was given. */
import type { Job } from "./job.js";
import type { ThreadsPool, ThreadsWorker } from "./threads-api.js";
import { WorkerSlot } from "./worker-slot.js";

export interface Host {
  /** Runs the job when its turn comes. Resolves when it is over there; never rejects. */
  run(job: Job): Promise<void>;
  /** Ends the workers that are the host's own. */
  end(): Promise<void>;
}

/** Workers of the executor's own, started on demand. */
export class OwnWorkers implements Host {
  readonly #idle: WorkerSlot[];
  readonly #slots: readonly WorkerSlot[];
  // By priority, then in order. What was taken back goes on without a slot.
  readonly #waiting: { job: Job; proceed: (slot: WorkerSlot | undefined) => void }[] = [];

  constructor(start: () => ThreadsWorker, maxWorkers: number, abortGraceMs: number) {
    this.#slots = Array.from({ length: maxWorkers }, () => new WorkerSlot(start, abortGraceMs));
    this.#idle = [...this.#slots];
  }

  async run(job: Job): Promise<void> {
    const slot = await new Promise<WorkerSlot | undefined>((proceed) => {
      const at = this.#waiting.findLastIndex((waiting) => waiting.job.priority >= job.priority) + 1;
      this.#waiting.splice(at, 0, { job, proceed });
      this.#assign();
    });
    if (slot === undefined) return;
    const settle = await slot.run(job);
    this.#idle.push(slot);
    this.#assign();
    settle();
  }

  async end(): Promise<void> {
    await Promise.all(this.#slots.map((slot) => slot.end()));
  }

  #assign(): void {
    while (this.#idle.length > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.proceed(next.job.future.done() ? undefined : this.#takeIdle());
    }
  }

  /** One that has a worker, if there is one. */
  #takeIdle(): WorkerSlot | undefined {
    const warm = this.#idle.findLastIndex((slot) => slot.warm);
    return this.#idle.splice(warm === -1 ? 0 : warm, 1)[0];
  }
}

/** A pool of the `threads` package, which is its owner's to end. */
export class GivenPool implements Host {
  readonly #pool: ThreadsPool;

  constructor(pool: ThreadsPool) {
    this.#pool = pool;
  }

  async run(job: Job): Promise<void> {
    try {
      await this.#pool.queue(async (thread) => (await job.run(thread))());
    } catch (error) {
      job.fail(error); // the pool could not start its workers, was ended, or has too many waiting
    }
  }

  async end(): Promise<void> {}
}
