/**
 * Room: the limit on calls that wait (`maxQueue`), and those who wait for it to be kept again.
 */
import { QueueFullError } from "@concurrent-futures/core";
import { Deferred } from "./deferred.js";
import type { Ledger } from "./ledger.js";
import type { PoolSettings } from "./options.js";
import type { Workforce } from "./workforce.js";

export class Room {
  readonly #settings: PoolSettings;
  readonly #ledger: Ledger;
  readonly #workforce: Workforce;
  #drained: Deferred<void> | undefined; // of those who wait; undefined while nobody does

  constructor(settings: PoolSettings, ledger: Ledger, workforce: Workforce) {
    this.#settings = settings;
    this.#ledger = ledger;
    this.#workforce = workforce;
  }

  /** @throws {QueueFullError} one more call would have to wait, and too many do */
  check(): void {
    if (this.#isThere()) return;
    throw new QueueFullError(
      `The pool's queue is full: ${this.#settings.maxQueue} calls wait (\`maxQueue\`). Await \`drained()\` before submitting more`,
    );
  }

  /** Resolves when `check` would not throw. */
  drained(): Promise<void> {
    if (this.#isThere()) return Promise.resolve();
    this.#drained ??= new Deferred();
    return this.#drained.promise;
  }

  /** Calls have left, or were sent to a worker. */
  changed(): void {
    if (this.#drained === undefined || !this.#isThere()) return;
    this.#drained.resolve();
    this.#drained = undefined;
  }

  #isThere(): boolean {
    const { maxQueue, maxWorkers, tasksPerWorker } = this.#settings;
    if (maxQueue === Number.POSITIVE_INFINITY || this.#ledger.open < maxWorkers * tasksPerWorker) return true;
    let waiting = this.#ledger.open;
    for (const worker of this.#workforce.workers) {
      waiting -= worker.state === "starting" ? tasksPerWorker : Math.min(worker.sent, tasksPerWorker);
    }
    return waiting < maxQueue;
  }
}
