/**
 * Workforce: the workers of one pool. It starts them, counts them, lets idle ones go, and keeps the program alive while
 * there is work. What they work on is the scheduler's.
 *
 *   start ─► starting ─► ready ─► retiring ─► gone              (worker-handle.ts)
 *                          └─ idle for idleTimeout, above minWorkers
 *
 * F1  At most maxWorkers are open (take calls). One that retires no longer counts, so its place is filled at once:
 *     while calls wait, a worker lives or is starting.
 * F2  Every worker is ref'd while calls are open or the pool is closing, and unref'd otherwise.
 */
import { setTimeout } from "node:timers";
import { workerExit, workerStart } from "./diagnostics.js";
import type { PoolSettings } from "./options.js";
import type { TaskTable } from "./task-table.js";
import type { WorkerExit, WorkerTransport } from "./transport.js";
import type { Wire } from "./wire.js";
import { type WorkerEvents, WorkerHandle } from "./worker-handle.js";

/** How long a worker that has run its finalizer may take to exit before it is killed, in ms. */
const EXIT_GRACE_MS = 1000;

export class Workforce {
  /** All workers that have not exited. */
  readonly workers = new Set<WorkerHandle>();
  /** Whether ready() waits for all workers; set by the scheduler. None leaves meanwhile, or it might wait for ever. */
  assembling = false;
  readonly #transport: WorkerTransport;
  readonly #settings: PoolSettings;
  readonly #tasks: TaskTable;
  readonly #wire: Wire;
  readonly #events: WorkerEvents;
  #nextId = 1;
  #refd = false; // until the first call
  #idleTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(transport: WorkerTransport, settings: PoolSettings, tasks: TaskTable, wire: Wire, events: WorkerEvents) {
    this.#transport = transport;
    this.#settings = settings;
    this.#tasks = tasks;
    this.#wire = wire;
    this.#events = events;
  }

  /** Workers that take calls, or will when they have started (F1). */
  get open(): number {
    let count = 0;
    for (const worker of this.workers) if (worker.open) count += 1;
    return count;
  }

  get idle(): number {
    let count = 0;
    for (const worker of this.workers) if (worker.state === "ready" && worker.sent === 0) count += 1;
    return count;
  }

  /**
   * Starts a worker.
   * @throws whatever keeps its initializer or the arguments for it from being sent
   */
  start(): WorkerHandle {
    const workerId = this.#nextId++;
    const connection = this.#transport.start({ workerId });
    const worker = new WorkerHandle(workerId, connection, this.#tasks, this.#events);
    this.workers.add(worker);
    if (!this.#refd) connection.unref();
    try {
      worker.init(this.#wire.encodeInit(this.#settings, workerId));
    } catch (error) {
      worker.kill();
      throw error;
    }
    if (workerStart.hasSubscribers) {
      workerStart.publish({ kind: this.#transport.kind, workerId, id: connection.id });
    }
    return worker;
  }

  /** A worker has exited. */
  remove(worker: WorkerHandle, { exitCode, signal }: WorkerExit): void {
    this.workers.delete(worker);
    if (workerExit.hasSubscribers) {
      const { workerId, connection } = worker;
      workerExit.publish({ kind: this.#transport.kind, workerId, id: connection.id, exitCode, signal });
    }
  }

  /** A worker has said good-bye: it exits by itself, unless something that a task left behind keeps it. */
  seeOff(worker: WorkerHandle): void {
    const timer = setTimeout(() => worker.kill(), EXIT_GRACE_MS);
    timer.unref();
  }

  /** Keeps the program alive, or no longer (F2). */
  hold(alive: boolean): void {
    if (this.#refd === alive) return;
    this.#refd = alive;
    for (const { release } of this.workers) {
      if (alive) release.hold();
      else release.release();
    }
  }

  /** Lets workers go that have been idle for long, now and later. */
  watchIdle(): void {
    const { idleTimeout, minWorkers } = this.#settings;
    if (idleTimeout === Number.POSITIVE_INFINITY || this.#idleTimer !== undefined || this.assembling) return;
    let soonest = Number.POSITIVE_INFINITY;
    let open = this.open;
    const now = performance.now();
    for (const worker of this.workers) {
      if (open <= minWorkers) return;
      if (worker.state !== "ready" || worker.sent > 0 || worker.lane.size > 0) continue;
      const leftMs = worker.idleSince + idleTimeout - now;
      if (leftMs <= 0) {
        worker.retire();
        open -= 1;
      } else {
        soonest = Math.min(soonest, leftMs);
      }
    }
    if (soonest === Number.POSITIVE_INFINITY) return;
    this.#idleTimer = setTimeout(
      () => {
        this.#idleTimer = undefined;
        this.watchIdle();
      },
      Math.min(Math.ceil(soonest), 2 ** 31 - 1),
    );
    this.#idleTimer.unref();
  }

  /** What errors call a worker, such as `worker process 2 (pid 4711)`. */
  nameOf({ workerId, connection }: WorkerHandle): string {
    const { kind } = this.#transport;
    return `worker ${kind} ${workerId} (${kind === "process" ? "pid" : "id"} ${connection.id})`;
  }
}
