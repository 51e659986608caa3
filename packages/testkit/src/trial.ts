/**
 * Trial: what one clause works with, and what is left of it when it is over.
 *
 *   create(), sign() ──► the clause runs ──► end(): signs raised, executors shut down, folder removed
 *
 * T1  Nothing waits for longer than the deadline: a wrong executor fails instead of hanging.
 * T2  end() raises every sign that was made, so that no task goes on waiting for one.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Executor, Future } from "@concurrent-futures/core";
import type { Create, CreateOptions } from "./clause.js";
import { isRaised, notes, raise } from "./signs.js";
import { hold } from "./tasks.js";

const CLEAN_UP_MS = 20_000;
const POLL_MS = 2;
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A call that runs until it is let go. */
export interface Held {
  readonly future: Future<string>;
  letGo(): void;
}

/** The members of the worker pools that are not every executor's; clauses that use one need its capability. */
export interface PoolMembers {
  ready(): Promise<void>;
  drained(): Promise<void>;
  stats(): Record<string, unknown>;
  terminateWorkers(): Promise<void>;
  killWorkers(): Promise<void>;
}

/** What a clause is given. */
export class Trial {
  /** Milliseconds that the clause may take. */
  readonly deadline: number;
  readonly #create: Create;
  readonly #executors: Executor[] = [];
  readonly #signs: string[] = [];
  #folder: string | undefined; // once there is a sign
  #over = false;

  constructor(create: Create, deadline: number) {
    this.#create = create;
    this.deadline = deadline;
  }

  /** An executor that is shut down after the clause. */
  create(options: CreateOptions = {}): Executor & PoolMembers {
    const executor = this.#create(options);
    this.#executors.push(executor);
    return executor as Executor & PoolMembers;
  }

  /** A fresh sign, or a fresh file for notes. */
  sign(name: string): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "executor-testkit-"));
    const sign = join(this.#folder, `${this.#signs.length}-${name}`);
    this.#signs.push(sign);
    return sign;
  }

  raise(sign: string): void {
    raise(sign);
  }

  seen(sign: string): boolean {
    return isRaised(sign);
  }

  notes(file: string): string[] {
    return notes(file);
  }

  /** Resolves when the sign is raised. */
  whenRaised(sign: string): Promise<void> {
    return this.until(() => isRaised(sign), `the sign ${sign}`);
  }

  /** Resolves when the condition holds. */
  async until(condition: () => boolean, what: string): Promise<void> {
    while (!condition()) {
      if (this.#over) throw new Error(`Waited in vain until ${what}`);
      await sleep(POLL_MS);
    }
  }

  /** Lets `ms` pass, so that what comes too early has come. */
  async wait(ms: number): Promise<void> {
    const end = performance.now() + ms;
    await this.until(() => performance.now() >= end, `${ms} ms have passed`);
  }

  /** Resolves after so many turns of the event loop: what could happen at once has happened. */
  async turns(count = 20): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  /** A call that runs, and goes on until it is let go. */
  async hold(executor: Pick<Executor, "submit">): Promise<Held> {
    const [started, go] = [this.sign("started"), this.sign("go")];
    const future = executor.submit(hold, started, go);
    future.addDoneCallback(() => void Promise.resolve(future).catch(() => {})); // not every clause looks at its end
    await this.until(() => isRaised(started) || future.done(), "the held call started");
    return { future, letGo: () => raise(go) };
  }

  /** `work`, unless it takes longer than the deadline. */
  async within(work: Promise<void>, what: string): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new DeadlineError(this.deadline, what)), this.deadline);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Lets everything go that the clause has left. Never rejects: whether executors end is for clauses to ask. */
  async end(): Promise<void> {
    this.#over = true;
    if (this.#folder !== undefined) for (const sign of this.#signs) raise(sign);
    const limitMs = Math.min(this.deadline, CLEAN_UP_MS);
    await Promise.all(this.#executors.map((executor) => shutDown(executor, limitMs)));
    if (this.#folder !== undefined) remove(this.#folder);
  }
}

/** The clause was not over in time. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  readonly code = "ERR_DEADLINE";

  constructor(ms: number, what: string) {
    super(`Not over within ${ms} ms: ${what}`);
  }
}

/** A task that was not let go in time may be writing there still. */
function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 20 });
  } catch {
    // It lies among the temporary files.
  }
}

async function shutDown(executor: Executor, limitMs: number): Promise<void> {
  const over = (async () => executor.shutdown({ cancelFutures: true }))().then(
    () => true,
    () => true,
  );
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const ended = await Promise.race([over, late]);
  clearTimeout(timer);
  const { killWorkers } = executor as Partial<PoolMembers>;
  if (!ended && killWorkers) await Promise.resolve(killWorkers.call(executor)).catch(() => {});
}
