/**
 * Scheduler: which call goes to which worker, and when. See README.md for the picture.
 *
 *   submit ─► queue ─► dispatch ─► worker ─► ended ─► future settled
 *               ▲                    │
 *               └──── taken back ────┘     for an idle worker, from a stuck one, from one that died
 *
 *   open ──shutdown──► closing ──the last worker exits──► closed          either ──#break──► broken
 *
 * S1  While calls wait, a worker lives or is starting; in a broken pool no call waits.
 * S2  A call is with one worker at most (claims.ts), so it runs once, unless its worker crashed and `retries` says more.
 * S3  What was sent ahead of its turn (placement.ts) does not wait for that (balance.ts).
 */
import { setImmediate, setTimeout } from "node:timers";
import { types } from "node:util";
import {
  type BrokenExecutorError,
  type Call,
  ExecutorShutdownError,
  Future,
  type ShutdownOptions,
} from "@concurrent-futures/core";
import { Assembly } from "./assembly.js";
import { Balance } from "./balance.js";
import { CallQueue } from "./call-queue.js";
import { crashError, crashedBeforeRetry } from "./crash.js";
import { Deferred } from "./deferred.js";
import { taskStart } from "./diagnostics.js";
import { Execution } from "./execution.js";
import { KeyLanes } from "./key-lanes.js";
import { Ledger, type PoolStats } from "./ledger.js";
import { checkNesting } from "./nesting.js";
import type { PoolSettings } from "./options.js";
import { Placement } from "./placement.js";
import { type CallOwner, PoolCall } from "./pool-call.js";
import { NAMED, NOTIFY_START } from "./records.js";
import { Room } from "./room.js";
import { type SubmitSite, withSite } from "./submit-site.js";
import { TaskTable } from "./task-table.js";
import type { WorkerExit, WorkerTransport } from "./transport.js";
import { Wire } from "./wire.js";
import type { CallEnd, WorkerEvents, WorkerHandle } from "./worker-handle.js";
import { Workforce } from "./workforce.js";

/** Workers that die in a row, none having started a call, before the pool is broken. */
const FRUITLESS_DEATHS = 5;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/**
 * How long settling may hold the event loop in one of its turns, in which each worker gets its part. What the callbacks
 * and awaits of the settled futures do comes on top, about as much again.
 */
const SETTLING_MS = 3;
const LEAST_SLICE_MS = 0.2;

/** How long nothing must have been submitted before a pool that has nothing to do lets the program end. */
const QUIET_MS = 5;

/** Makes a pool's own Broken...Error. */
export type BrokenError = new (message: string, options?: ErrorOptions) => BrokenExecutorError;

export class Scheduler implements CallOwner, WorkerEvents {
  readonly #settings: PoolSettings;
  readonly #brokenError: BrokenError;
  readonly #tasks = new TaskTable(this);
  readonly #wire: Wire;
  readonly #workforce: Workforce;
  readonly #placement: Placement;
  readonly #balance: Balance;
  readonly #assembly: Assembly;
  readonly #room: Room;
  readonly #execution: Execution;
  readonly #ledger = new Ledger();
  readonly #queue = new CallQueue();
  readonly #keys = new KeyLanes(this.#queue);
  #state: "open" | "closing" | "broken" = "open";
  #brokenBy: { why: string; cause: unknown } | undefined; // once broken
  #forced = false; // by terminateWorkers or killWorkers: nothing is started any more
  #blocked: PoolCall | undefined; // the first in the queue, while no worker has room for it
  #dispatching = false;
  readonly #crashes = new WeakMap<PoolCall, number>(); // workers that died while running a call
  #fruitlessDeaths = 0;
  #lettingGo = false; // it is about to look whether the program may end
  readonly #closed = new Deferred<void>();

  constructor(transport: WorkerTransport, settings: PoolSettings, brokenError: BrokenError) {
    this.#settings = settings;
    this.#brokenError = brokenError;
    this.#wire = new Wire(transport, "argument", transport.trusted);
    this.#workforce = new Workforce(transport, settings, this.#tasks, this.#wire, this);
    this.#placement = new Placement(this.#workforce, settings);
    this.#balance = new Balance(this.#workforce, this.#placement, {
      requeue: (calls) => this.#requeue(calls),
      send: (call, worker) => this.#send(call, worker),
      dispatch: () => this.#dispatch(),
    });
    this.#assembly = new Assembly(settings, this.#workforce, () => this.#startWorker());
    this.#room = new Room(settings, this.#ledger, this.#workforce);
    this.#execution = new Execution(settings, (calls) => this.#requeue(calls));
  }

  // What the executor asks for.

  /** @throws {BrokenExecutorError | ExecutorShutdownError} at once; every other failure travels in the future */
  submit({ task, args, options, fromMap }: Call, site?: SubmitSite, nowMs = performance.now()): Future<unknown> {
    this.#checkOpen();
    let call: PoolCall;
    try {
      checkNesting();
      // First a worker, so that its start-up and the search for the function overlap.
      if (this.#workforce.workers.size === 0) this.#startWorker();
      const entry = this.#tasks.entry(task);
      if (fromMap !== true) this.#room.check();
      call = new PoolCall(entry, args, options, this.#ledger.submitted, site, nowMs);
    } catch (error) {
      this.#ledger.refused();
      const refused = new Future<unknown>();
      refused.setException(error);
      return refused;
    }
    this.#ledger.entered(call);
    this.#workforce.hold(true);
    if (this.#isBroken()) {
      this.#fail(call, this.#broken());
      return call.future;
    }
    if (options.key === undefined) this.#queue.push(call);
    else this.#keys.admit(options.key, call);
    if (this.#blocked === undefined || this.#queue.peek() !== this.#blocked) this.#dispatch();
    return call.future;
  }

  /** Starts all workers; resolves when every initializer has run. */
  async ready(): Promise<void> {
    this.#checkOpen();
    checkNesting();
    this.#workforce.hold(true);
    await this.#assembly.ready();
    this.#moveOn();
  }

  /** Resolves when a call may be submitted without finding the queue full. */
  drained(): Promise<void> {
    return this.#room.drained();
  }

  shutdown({ wait = true, cancelFutures = false }: ShutdownOptions = {}): Promise<void> {
    if (this.#state === "open") this.#state = "closing";
    if (cancelFutures) this.#cancelWaiting();
    this.#assembly.end(new ExecutorShutdownError("The pool was shut down before all of its workers were ready"));
    this.#wind();
    return wait ? this.#closed.promise : Promise.resolve();
  }

  /** Ends all workers: running calls fail, waiting ones are cancelled. */
  force(how: "terminate" | "kill"): Promise<void> {
    this.#forced = true;
    const closed = this.shutdown({ cancelFutures: true });
    for (const { connection } of this.#workforce.workers) connection[how]();
    // What cannot be cancelled any more and waits all the same, waits to run again.
    for (const call of [...this.#waiting()]) {
      call.queue?.remove(call);
      this.#fail(call, crashedBeforeRetry(call.name));
    }
    return closed;
  }

  stats(): PoolStats {
    let running = 0;
    for (const worker of this.#workforce.workers) {
      for (const call of worker.calls()) if (!call.future.done() && worker.hasStarted(call)) running += 1;
    }
    return this.#ledger.stats({ workers: this.#workforce.workers.size, idle: this.#workforce.idle, running });
  }

  // What calls report (CallOwner).

  dropped(call: PoolCall): void {
    this.#ledger.cancelled(call);
    this.#keyOver(call);
    this.#moveOn();
  }

  abortRunning(call: PoolCall, worker: WorkerHandle, reason: unknown): void {
    this.#ledger.cancelled(call);
    worker.abort(call, this.#wire.encodeReason(reason));
    this.#moveOn();
    if (this.#settings.abortGrace > LONGEST_TIMER_MS) return;
    setTimeout(() => {
      if (call.worker !== worker) return;
      this.#execution.condemn(worker);
      this.#dispatch();
    }, this.#settings.abortGrace).unref();
  }

  // What workers report (WorkerEvents).

  workerReady(): void {
    this.#assembly.goOn();
  }

  failedInit(_worker: WorkerHandle, payload: Uint8Array, extras: readonly unknown[]): void {
    this.#wire.decode(payload, extras, (outcome) => {
      this.#break("the initializer failed", "value" in outcome ? outcome.value : outcome.error);
    });
  }

  started(worker: WorkerHandle, call: PoolCall): void {
    this.#ledger.started(call, worker);
    // A call that runs again after a crash is running already.
    if (!call.future.done() && !call.future.running()) call.future.setRunningOrNotifyCancel();
  }

  progress(call: PoolCall, payload: Uint8Array, extras: readonly unknown[]): void {
    this.#wire.decode(
      payload,
      extras,
      (outcome) => {
        if ("value" in outcome) call.future.setProgress(outcome.value);
      },
      call,
    );
  }

  ended(worker: WorkerHandle, call: PoolCall, end: CallEnd): void {
    this.#fruitlessDeaths = 0;
    call.entry.ran(end.busyMs);
    this.#ledger.ran(call, end);
    this.#keyOver(call);
    if (worker.overMemory) this.#requeue(worker.takeBackMovable());
    if (worker.condemned) this.#execution.goOn(worker);
    else if (worker.sent === 0 && (worker.overMemory || worker.served >= this.#settings.maxTasksPerWorker))
      worker.retire();
    if (call.future.done()) return; // aborted: counted already
    this.#wire.decode(
      end.payload,
      end.extras,
      (outcome) => {
        if (call.future.done()) return;
        if ("error" in outcome) this.#fail(call, outcome.error);
        else if (end.thrown) this.#fail(call, withSite(outcome.value, call.site));
        else {
          this.#ledger.completed(call, end);
          call.future.setResult(outcome.value);
          this.#moveOn();
        }
      },
      call,
    );
  }

  sliceMs(): number {
    return Math.max(SETTLING_MS / this.#workforce.workers.size, LEAST_SLICE_MS);
  }

  batch(): void {
    this.#dispatch();
    this.#wind();
  }

  leaving(worker: WorkerHandle): void {
    this.#workforce.seeOff(worker);
  }

  exited(worker: WorkerHandle, exit: WorkerExit): void {
    this.#workforce.remove(worker, exit);
    this.#keys.forget(worker);
    const lost: PoolCall[] = [];
    const unstarted = [...worker.lane.drain()];
    let fruitless = worker.ended === 0;
    for (const call of worker.calls()) {
      const started = worker.hasStarted(call) || call.options.transfer !== undefined;
      if (started) fruitless = false;
      call.worker = undefined;
      if (call.future.done()) this.#keyOver(call);
      else if (started || this.#forced) lost.push(call);
      else unstarted.push(call);
    }
    const inPeace = worker.condemned || worker.farewell || this.#forced || this.#isBroken(); // which has killed it
    if (!inPeace) this.#ledger.workerCrashed();
    if (!inPeace && this.#settings.onWorkerCrash === "break") {
      this.#requeue(unstarted);
      this.#break("a worker crashed", this.#crashError(worker, exit, lost[0]), lost);
    } else {
      // Told apart before any callback runs: one that submits may send those that run again.
      const again = new Set(lost.filter((call) => this.#mayRunAgain(call)));
      // They have started, so that it is too late to cancel them, also while they wait.
      for (const { future } of again) if (!future.running()) future.setRunningOrNotifyCancel();
      this.#requeue(unstarted.concat(...again));
      for (const call of lost) if (!again.has(call)) this.#fail(call, this.#crashError(worker, exit, call));
      if (fruitless && !inPeace) this.#fruitlessDeaths += 1;
      if (this.#fruitlessDeaths >= FRUITLESS_DEATHS) {
        this.#break("its workers die before they finish anything", this.#crashError(worker, exit, undefined));
      }
    }
    this.#assembly.goOn();
    this.#dispatch();
    this.#wind();
  }

  // Sending.

  #dispatch(): void {
    if (this.#dispatching || this.#isBroken() || this.#forced) return;
    this.#dispatching = true; // encoding arguments may run a user's code, which may submit
    this.#blocked = undefined;
    try {
      while (this.#dispatchNext());
    } finally {
      this.#dispatching = false;
    }
    if (this.#queue.size === 0) this.#balance.share();
    this.#room.changed();
    this.#workforce.watchIdle();
  }

  /** Sends the call that is next. Returns false when there is none, or no worker for it. */
  #dispatchNext(): boolean {
    const call = this.#queue.peek();
    const bound = this.#keys.used ? this.#nextBound() : undefined;
    if (call !== undefined && (bound === undefined || call.precedes(bound.call))) {
      const worker = this.#placement.find(call, this.#queue.size, () => this.#startWorker());
      if (this.#queue.peek() !== call) return true; // a worker's start has run a user's code, which took it back
      if (worker !== undefined) {
        this.#queue.shift();
        this.#send(call, worker);
        return true;
      }
      // Below maxWorkers, the next call that is submitted has another worker started.
      this.#blocked = this.#workforce.open < this.#settings.maxWorkers ? undefined : this.#queue.peek();
    }
    if (bound === undefined) return false;
    bound.worker.lane.shift();
    this.#send(bound.call, bound.worker);
    return true;
  }

  /** A call that waits for a certain worker, which has room for it. */
  #nextBound(): { call: PoolCall; worker: WorkerHandle } | undefined {
    for (const worker of this.#workforce.workers) {
      const call = worker.lane.peek();
      if (call === undefined) continue;
      if (this.#placement.hasCapacity(worker)) return { call, worker };
      if (!worker.open || worker.served >= this.#settings.maxTasksPerWorker) this.#requeue([...worker.lane.drain()]);
    }
    return undefined;
  }

  #send(call: PoolCall, worker: WorkerHandle): void {
    const { timeout, name, key } = call.options;
    const notifyStart = timeout !== undefined || taskStart.hasSubscribers ? NOTIFY_START : 0;
    try {
      worker.send(call, notifyStart | (name === undefined ? 0 : NAMED), this.#wire);
    } catch (error) {
      this.#fail(call, error);
      return;
    }
    if (key !== undefined) this.#keys.sent(key, worker);
    this.#balance.sent(worker);
  }

  #startWorker(): WorkerHandle | undefined {
    try {
      return this.#workforce.start();
    } catch (error) {
      this.#break("a worker could not be started", error);
      return undefined;
    }
  }

  // Taking back.

  #requeue(calls: PoolCall[]): void {
    for (const call of calls.sort((left, right) => right.order - left.order)) {
      if (call.options.key === undefined) this.#queue.unshift(call);
      else this.#keys.again(call.options.key, call);
    }
  }

  #mayRunAgain(call: PoolCall): boolean {
    const crashes = this.#crashes.get(call) ?? 0;
    if (this.#forced || call.options.transfer !== undefined || crashes >= (call.options.retries ?? 0)) return false;
    this.#crashes.set(call, crashes + 1);
    return true;
  }

  // Ending.

  #fail(call: PoolCall, error: unknown): void {
    if (call.future.done()) return; // aborted meanwhile, by a callback perhaps: counted already
    this.#ledger.failed(call, error);
    this.#keyOver(call);
    call.future.setException(error);
    this.#moveOn();
  }

  #keyOver(call: PoolCall): void {
    if (call.options.key !== undefined) this.#keys.over(call.options.key, call);
  }

  /** A call is over: lets those go on that wait for that. */
  #moveOn(): void {
    this.#room.changed();
    if (this.#ledger.open > 0) return;
    if (this.#state !== "open") this.#wind();
    else if (!this.#lettingGo) {
      // Not at once: the caller may be about to submit the next, and timers would slow such a loop down by a sixth.
      this.#lettingGo = true;
      setImmediate(() => {
        this.#lettingGo = false;
        this.#letGoWhenQuiet();
      });
    }
  }

  /** Lets the program end, unless it goes on submitting: then each idle moment would cost a round trip (release.ts). */
  #letGoWhenQuiet(): void {
    if (!this.#mayLetGo()) return;
    const { submitted } = this.#ledger;
    this.#lettingGo = true;
    setTimeout(() => {
      this.#lettingGo = false;
      if (submitted !== this.#ledger.submitted) this.#letGoWhenQuiet();
      else if (this.#mayLetGo()) this.#workforce.hold(false);
    }, QUIET_MS);
  }

  /** Otherwise #moveOn follows. */
  #mayLetGo(): boolean {
    return this.#ledger.open === 0 && this.#state === "open" && !this.#assembly.isGoingOn;
  }

  /** Closing: lets go of the workers that have nothing more to do. */
  #wind(): void {
    if (this.#state === "open") return;
    const { workers } = this.#workforce;
    if (workers.size === 0) {
      if (this.#ledger.open === 0) this.#closed.resolve();
      return;
    }
    this.#workforce.hold(true);
    if (this.#queue.size > 0) return;
    for (const worker of workers) if (worker.sent === 0 && worker.lane.size === 0) worker.retire();
  }

  #cancelWaiting(): void {
    for (const call of [...this.#waiting(), ...[...this.#workforce.workers].flatMap((worker) => worker.calls())]) {
      call.future.cancel(); // one that has started stays
    }
  }

  /** All calls that are not with a worker. They stay where they are. */
  *#waiting(): Generator<PoolCall> {
    yield* this.#keys.parked();
    yield* this.#queue.values();
    for (const worker of this.#workforce.workers) yield* worker.lane.values();
  }

  #break(why: string, cause: unknown, lost: readonly PoolCall[] = []): void {
    if (this.#isBroken()) return;
    const calls = [...lost, ...this.#waiting()];
    this.#state = "broken";
    this.#brokenBy = { why, cause };
    this.#assembly.end(this.#broken());
    for (const worker of this.#workforce.workers) {
      calls.push(...worker.calls());
      worker.kill();
    }
    for (const call of calls) {
      call.queue?.remove(call);
      this.#fail(call, this.#broken());
    }
    this.#moveOn();
  }

  #isBroken(): boolean {
    return this.#state === "broken";
  }

  #broken(): BrokenExecutorError {
    const { why, cause } = this.#brokenBy ?? { why: "it was ended", cause: undefined };
    const message = types.isNativeError(cause) ? `: ${cause.message}` : "";
    return new this.#brokenError(`The pool is broken because ${why}${message}`, { cause });
  }

  #crashError(worker: WorkerHandle, exit: WorkerExit, call: PoolCall | undefined): Error {
    return crashError(
      this.#workforce.nameOf(worker),
      exit,
      call && { name: call.name, phase: worker.phaseOf(call) ?? "running" },
    );
  }

  #checkOpen(): void {
    if (this.#isBroken()) throw this.#broken();
    if (this.#state !== "open") throw new ExecutorShutdownError("The pool was shut down and takes no more calls");
  }
}
