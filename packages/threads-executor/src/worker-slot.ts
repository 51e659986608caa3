/**
 * WorkerSlot: a place for one worker of the `threads` package, which is started when there is something to run.
 *
 *   empty ──first job──► starting ──► idle ⇄ busy
 *     ▲                     │           │      │
 *     └──── it exited ──────┴───────────┴──────┘   a call that it was running fails with WorkerCrashedError
 *
 * S1  A slot runs one job at a time.
 * S2  A worker that is being ended gets no other job, also when the one that it was ended for ends meanwhile.
 * S3  The `threads` package does not tell when a worker is gone, so the slot listens for `exit` itself: a call on a
 *     worker that died would wait for ever.
 */
import { BrokenThreadPoolError, WorkerCrashedError } from "@concurrent-futures/core";
import type { Job } from "./job.js";
import { type Message, type SpawnedThread, spawn, type ThreadsWorker } from "./threads-api.js";

const START_LIMIT_MS = 60_000;

interface Started {
  readonly worker: ThreadsWorker;
  /** Rejects when the worker is gone before it could run anything. */
  readonly thread: Promise<SpawnedThread>;
  /** Rejects when the worker is gone. */
  readonly gone: Promise<never>;
}

export class WorkerSlot {
  readonly #start: () => ThreadsWorker;
  readonly #abortGraceMs: number;
  #started: Started | undefined; // while there is a worker
  #job: Job | undefined; // while one runs

  constructor(start: () => ThreadsWorker, abortGraceMs: number) {
    this.#start = start;
    this.#abortGraceMs = abortGraceMs;
  }

  /** Whether it has a worker already. */
  get warm(): boolean {
    return this.#started !== undefined;
  }

  /**
   * Runs a job, on a new worker if need be. Resolves when the slot is free again, with what settles the job's future;
   * never rejects.
   */
  async run(job: Job): Promise<() => void> {
    let started: Started;
    let thread: SpawnedThread;
    try {
      started = this.#started ?? this.#startWorker();
      started.worker.ref?.();
      thread = await started.thread;
    } catch (cause) {
      void this.end();
      const error = new BrokenThreadPoolError(`A worker could not be started: ${messageOf(cause)}`, { cause });
      return () => job.fail(error);
    }
    let grace: ReturnType<typeof setTimeout> | undefined;
    let ended: Promise<unknown> | undefined; // S2
    job.onAbandoned = () => {
      grace ??= setTimeout(() => {
        ended = started.gone.catch(() => {});
        void started.worker.terminate();
      }, this.#abortGraceMs);
    };
    this.#job = job;
    try {
      return await Promise.race([job.run(thread), started.gone]);
    } catch (error) {
      return () => job.fail(error);
    } finally {
      clearTimeout(grace);
      job.onAbandoned = undefined;
      this.#job = undefined;
      await ended;
      started.worker.unref?.();
    }
  }

  /** Ends the worker, if there is one. */
  async end(): Promise<void> {
    const { worker } = this.#started ?? {};
    this.#started = undefined;
    await worker?.terminate();
  }

  #startWorker(): Started {
    const worker = this.#start();
    const gone = new Promise<never>((_, reject) => {
      let uncaught: unknown;
      worker.addEventListener("error", ({ data }: { data: unknown }) => {
        uncaught = data;
      });
      worker.addEventListener("exit", ({ data }: { data: number }) => {
        if (this.#started?.worker === worker) this.#started = undefined;
        const why = uncaught === undefined ? "" : `: ${messageOf(uncaught)}`;
        const message = `A worker of the threads package exited with code ${data}${why}`;
        reject(new WorkerCrashedError(message, { exitCode: data }, { cause: uncaught }));
      });
    });
    worker.addEventListener("message", ({ data }: { data?: Message }) => {
      if (data?.type !== "uncaughtError") return;
      this.#job?.fail(revived(data.error));
      this.#job?.onAbandoned?.();
    });
    const thread = Promise.race([spawnWhenReady(worker), gone]);
    gone.catch(() => {}); // nobody may be waiting when it exits
    thread.catch(() => {});
    this.#started = { worker, thread, gone };
    return this.#started;
  }
}

/**
 * `spawn` gives up after ten seconds, and when it fails it leaves its timer behind, which keeps the program alive. So it
 * is called only when the worker has said that it is ready, and hears it again then.
 */
async function spawnWhenReady(worker: ThreadsWorker): Promise<SpawnedThread> {
  if (typeof worker.emit !== "function") return spawn(worker);
  const ready = await new Promise<Message>((resolve, reject) => {
    const late = () => reject(new Error(`The worker did not call expose() within ${START_LIMIT_MS} ms`));
    const timer = setTimeout(late, START_LIMIT_MS).unref();
    worker.addEventListener("message", ({ data }: { data?: Message }) => {
      if (data?.type !== "init") return;
      clearTimeout(timer);
      resolve(data);
    });
  });
  const thread = spawn(worker);
  worker.emit("message", ready);
  return thread;
}

function messageOf(error: unknown): string {
  return String((error as Partial<Error> | undefined)?.message ?? error);
}

/** An error as the `threads` package sends it. */
function revived(sent: Message["error"]): Error {
  return Object.assign(new Error(sent?.message), { name: sent?.name ?? "Error", stack: sent?.stack });
}
