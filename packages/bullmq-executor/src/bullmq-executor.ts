/**
 * BullMQExecutor: the Executor interface over many machines.
 *
 *   submit ──► RemoteCall ──► Dispatcher ──► BullMQ, Redis ──► BullMQWorker ──► a pool of ours, there
 *     │            (its name, its arguments as text)
 *   Future ◄─────────────────── Dispatcher ◄── events of the queue
 */
import {
  BaseExecutor,
  type Call,
  ExecutorShutdownError,
  Future,
  QueueFullError,
  SerializationError,
  type ShutdownOptions,
} from "@concurrent-futures/core";
import { type PoolStats, SubmitSites } from "@concurrent-futures/worker-pool";
import { BullMQTransport } from "./bullmq-transport.js";
import { Dispatcher } from "./dispatcher.js";
import { Keyring } from "./keyring.js";
import { Names } from "./names.js";
import { type BullMQExecutorOptions, checkExecutorOptions, DEFAULT_MAX_PAYLOAD, logToStderr } from "./options.js";
import { Registry } from "./registry.js";
import { RemoteCall } from "./remote-call.js";
import { Values } from "./values.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/** What `stats()` tells. Times are milliseconds. */
export interface BullMQStats extends PoolStats {
  /** Worker programs that gave a sign of life of late. With none, calls wait: see `queueTimeout`. */
  readonly workers: number;
  /** How many more calls they could run at once. */
  readonly idle: number;
  /** Calls of this executor that have not started, here or in Redis. */
  readonly queued: number;
}

/**
 * Runs functions on other machines, by name: workers run only what their own program registered.
 *
 * A task may run more than once (its worker was lost, Redis restarted); its future settles exactly once. Of the task
 * options, `key` is refused and `transfer` copies.
 */
export class BullMQExecutor extends BaseExecutor {
  readonly #dispatcher: Dispatcher;
  readonly #names: Names;
  readonly #values: Values;
  readonly #sites = new SubmitSites();
  readonly #maxQueue: number;
  readonly #maxPayload: number;
  readonly #untilRoom: (() => void)[] = [];
  readonly #untilIdle: (() => void)[] = [];
  #state: "open" | "shut down" = "open";
  #closed: Promise<void> | undefined;

  /**
   * Connects; calls may be submitted at once.
   *
   * @throws {TypeError|RangeError} naming the option that is wrong
   */
  constructor(options: BullMQExecutorOptions) {
    super();
    checkExecutorOptions(options);
    const { queue, connection = {}, prefix = "bull" } = options;
    const keyring = new Keyring(options.keys, options.unsigned === true);
    const registry = new Registry(options.tasks);
    const names = new Names(registry, options.base);
    this.#names = names;
    this.#maxQueue = options.maxQueue ?? Number.POSITIVE_INFINITY;
    this.#maxPayload = options.maxPayload ?? DEFAULT_MAX_PAYLOAD;
    this.#values = new Values({ nameOf: (cls) => names.ofClass(cls), find: (name) => registry.findClass(name) });
    this.#dispatcher = new Dispatcher(
      {
        queue,
        keyring,
        values: this.#values,
        maxInFlight: options.maxInFlight ?? 10_000,
        maxPayload: this.#maxPayload,
        expiryMs: options.expiry ?? DAY_MS,
        offlineTimeoutMs: options.offlineTimeout ?? 60_000,
        sweepIntervalMs: options.sweepInterval ?? 2_000,
        classesKnown: () => names.loading,
        log: options.log ?? logToStderr,
      },
      (events) => new BullMQTransport({ queue, address: connection, prefix }, events),
    );
    this.#dispatcher.onChange = () => this.#onChange();
  }

  protected override get parallelism(): number {
    return this.#dispatcher.parallelism;
  }

  protected override schedule(call: Call): Future<unknown> {
    if (this.#state !== "open") {
      throw new ExecutorShutdownError("Cannot submit to this BullMQExecutor any more: it was shut down");
    }
    try {
      const remote = this.#makeCall(call);
      this.#dispatcher.push(remote);
      return remote.future;
    } catch (error) {
      const future = new Future<unknown>();
      future.setException(error);
      return future;
    }
  }

  /** Resolves once there is room in the queue again: see `maxQueue`. */
  drained(): Promise<void> {
    if (this.#hasRoom) return Promise.resolve();
    return new Promise((resolve) => this.#untilRoom.push(resolve));
  }

  /** Workers are those of the queue, as of some seconds ago; calls are those of this executor. */
  stats(): BullMQStats {
    const { workers, counts, calls, waitTime, runTime } = this.#dispatcher;
    return {
      workers: workers.count,
      idle: Math.max(0, workers.concurrency - calls.running),
      queued: calls.waiting,
      running: calls.running,
      ...counts,
      waitTime: waitTime.stats(),
      runTime: runTime.stats(),
    };
  }

  /**
   * Takes no more calls. What was submitted still runs, unless `cancelFutures` takes back what has not started. Workers
   * go on: they are not this program's.
   *
   * @returns resolves when all futures are settled and the connections closed; with `wait: false`, at once
   */
  async shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    this.#state = "shut down";
    if (cancelFutures) this.#dispatcher.cancelWaiting();
    this.#closed ??= this.#close();
    if (wait) await this.#closed;
  }

  async #close(): Promise<void> {
    while (!this.#dispatcher.idle) await new Promise<void>((resolve) => this.#untilIdle.push(resolve));
    await this.#dispatcher.close();
  }

  #makeCall(call: Call): RemoteCall {
    if (!this.#hasRoom && call.fromMap !== true) {
      throw new QueueFullError(`The queue is full: ${this.#maxQueue} calls are waiting. Wait for drained()`);
    }
    if (call.options.key !== undefined) throw new TypeError("The option `key` cannot be kept across machines");
    const task = this.#names.ofTask(call.task);
    const payload = this.#values.write(call.args, "argument");
    if (payload.length > this.#maxPayload) {
      const message = `The arguments have ${payload.length} characters, \`maxPayload\` is ${this.#maxPayload}`;
      throw new SerializationError(message, { side: "argument", path: "args" });
    }
    const site = this.#sites.capture(call.task, BullMQExecutor.prototype.schedule, performance.now());
    return new RemoteCall(call, task, payload, site, this.#dispatcher);
  }

  get #hasRoom(): boolean {
    return this.#dispatcher.queued < this.#maxQueue;
  }

  #onChange(): void {
    if (this.#untilRoom.length > 0 && this.#hasRoom) for (const resolve of this.#untilRoom.splice(0)) resolve();
    if (this.#untilIdle.length > 0 && this.#dispatcher.idle) for (const resolve of this.#untilIdle.splice(0)) resolve();
  }
}
