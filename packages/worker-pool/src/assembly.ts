/**
 * Assembly: `ready()`. All workers are started, and none leaves, until every one has run its initializer.
 */
import { Deferred } from "./deferred.js";
import type { PoolSettings } from "./options.js";
import type { WorkerHandle } from "./worker-handle.js";
import type { Workforce } from "./workforce.js";

export class Assembly {
  readonly #settings: PoolSettings;
  readonly #workforce: Workforce;
  readonly #start: () => WorkerHandle | undefined;
  #ready: Deferred<void> | undefined; // while somebody waits

  /** @param start starts a worker; undefined when it could not, and the pool is broken */
  constructor(settings: PoolSettings, workforce: Workforce, start: () => WorkerHandle | undefined) {
    this.#settings = settings;
    this.#workforce = workforce;
    this.#start = start;
  }

  get isGoingOn(): boolean {
    return this.#ready !== undefined;
  }

  ready(): Promise<void> {
    this.#ready ??= new Deferred();
    const { promise } = this.#ready;
    this.#workforce.assembling = true;
    this.goOn();
    return promise;
  }

  /** A worker has become ready, or is gone. */
  goOn(): void {
    if (this.#ready === undefined) return;
    while (this.#workforce.open < this.#settings.maxWorkers) if (this.#start() === undefined) return;
    for (const worker of this.#workforce.workers) if (worker.open && worker.state === "starting") return;
    this.end();
  }

  /** There is nothing more to wait for. */
  end(error?: Error): void {
    const ready = this.#ready;
    this.#workforce.assembling = false;
    this.#ready = undefined;
    if (error === undefined) ready?.resolve();
    else ready?.reject(error);
  }
}
