/**
 * Runtime: the worker's side of the pool.
 *
 *   INIT ─► initializer ─► READY            CALL ─► (waiting) ─► claim ─► load, decode ─► run ─► RESULT or THROWN
 *   RETIRE ─► last call over ─► finalizer ─► GONE ─► port closed
 *
 * T1  A call is claimed before anything of the user's runs for it (its module, [deserialize], itself): whatever ends the
 *     worker then is charged to it. A call that is only waiting has run nothing.
 * T2  At most tasksPerWorker calls are claimed at a time; without that many, calls run straight from the ring.
 * T3  A burst of synchronous tasks gives the event loop a turn every few ms (link.ts; #pump), so that timers, I/O and
 *     aborts of async tasks get theirs.
 * T4  Each claimed call is answered once, by #end(). One that ends outside of #onRecord and #pump is followed by #pump:
 *     it made room for the next, or was the last.
 */
import { setImmediate } from "node:timers";
import {
  type AnyFunction,
  type ChunkResult,
  runInTaskContext,
  type TaskContext,
  workerMark,
} from "@concurrent-futures/core";
import { copyOf } from "../bytes.js";
import { WorkerClaims } from "../claims.js";
import { Deque } from "../deque.js";
import { Link } from "../link.js";
import type { WorkerInit } from "../messages.js";
import { importContext, setNestingDepth } from "../nesting.js";
import * as records from "../records.js";
import { loadTask, type TaskDescriptor } from "../references/index.js";
import type { Port } from "../transport.js";
import { type Outcome, Wire } from "../wire.js";
import { flushOutput } from "./flush-output.js";
import { memoryInUse } from "./memory-use.js";
import { RunningCall } from "./running-call.js";
import { catchStrayErrors } from "./stray-errors.js";
import { WorkerTask } from "./worker-task.js";

/** How long waiting calls may keep the event loop. */
const SLICE_MS = 4;
/** Memory is measured at most this often. */
const MEMORY_CHECK_MS = 20;
/** A call that takes longer ends a batch early, if it is time to. */
const LONG_MS = 0.5;

/** A call that was sent, not claimed. */
interface SentCall {
  readonly slot: number;
  readonly flags: number;
  readonly task: WorkerTask;
  readonly payload: Uint8Array;
  readonly extras: readonly unknown[];
}

/**
 * Runs the worker's side of a pool over `port`, until the pool lets it go. A transport's worker entry calls it once.
 */
export function runWorker(port: Port): void {
  Object.defineProperty(globalThis, workerMark, { value: true });
  new Runtime(port).start();
}

class Runtime {
  readonly #port: Port;
  readonly #link: Link;
  readonly #wire: Wire;
  readonly #claims: WorkerClaims | undefined;
  readonly #active = new Map<number, RunningCall>(); // by slot
  readonly #waiting = new Deque<SentCall>();
  #tasks = new Map<number, WorkerTask>(); // by id
  #init: WorkerInit | undefined;
  #ready = false;
  #retiring = false;
  #gone = false;
  #memoryCheckedAt = 0;
  #pumpScheduled = false;

  constructor(port: Port) {
    this.#port = port;
    this.#wire = new Wire(port, "result");
    this.#link = new Link({
      port,
      side: "worker",
      onRecord: (kind, flags, slot, a, _b, payload, extras) => this.#onRecord(kind, flags, slot, a, payload, extras),
      onBatch: () => this.#pump(),
      mayLinger: () => this.#ready && !this.#retiring && this.#active.size === 0 && this.#waiting.length === 0,
    });
    this.#claims = this.#link.claims === undefined ? undefined : new WorkerClaims(this.#link.claims);
  }

  start(): void {
    catchStrayErrors((error, task) => this.#charge(error, task));
    this.#port.listen({ wake: this.#link.drain, message: this.#link.receive });
    this.#link.drain();
    if (this.#claims === undefined) process.on("exit", () => this.#sayExits());
  }

  /** The pool cannot see which calls were started: what it sent to a worker that was exiting may run elsewhere (T1). */
  #sayExits(): void {
    const bytes = records.slotBytes([...this.#active.keys()]);
    this.#link.send(records.EXITS, 0, 0, 0, 0, { bytes, owned: true, extras: undefined, transfer: undefined });
  }

  #onRecord(
    kind: number,
    flags: number,
    slot: number,
    a: number,
    payload: Uint8Array,
    extras: readonly unknown[],
  ): void {
    switch (kind) {
      case records.CALL: {
        const call = { slot, flags, task: this.#tasks.get(a) as WorkerTask, payload, extras };
        if (this.#hasCapacity() && this.#waiting.length === 0) this.#claim(call);
        else this.#waiting.push({ ...call, payload: copyOf(payload) });
        return;
      }
      case records.TASK:
        this.#tasks.set(slot, new WorkerTask((done) => this.#wire.decode(payload, extras, done)));
        return;
      case records.ABORT: {
        const call = this.#active.get(slot); // now: by the time that the reason is there, another may have the slot
        this.#wire.decode(payload, extras, (outcome) => call?.abort(settledValue(outcome)));
        return;
      }
      case records.FORGET:
        if (slot === 0) this.#tasks = new Map();
        else this.#tasks.delete(slot);
        return;
      case records.INIT:
        this.#wire.decode(payload, extras, (outcome) => void this.#initialize(outcome));
        return;
      case records.RETIRE:
        this.#retiring = true;
        return;
      case records.FLUSH:
        flushOutput(() => this.#link.send(records.FLUSHED, 0, 0, 0, 0));
        return;
      case records.PING:
        this.#link.send(records.PONG, 0, 0, 0, 0);
        return;
    }
  }

  async #initialize(outcome: Outcome): Promise<void> {
    try {
      if ("error" in outcome) throw outcome.error;
      this.#init = outcome.value as WorkerInit;
      const { initializer, initArgs, depth } = this.#init;
      setNestingDepth(depth);
      if (initializer !== undefined) await this.#runHook(initializer, initArgs);
    } catch (error) {
      this.#link.send(records.FAILED_INIT, 0, 0, 0, 0, this.#wire.encodeThrown(error));
      return;
    }
    this.#ready = true;
    this.#link.send(records.READY, 0, 0, 0, 0);
    this.#pump();
  }

  async #runHook(descriptor: TaskDescriptor, args: readonly unknown[]): Promise<void> {
    const fn = await runInTaskContext(importContext, () => loadTask(descriptor));
    const context: TaskContext = { ...importContext, workerId: this.#init?.workerId ?? 0, name: fn.name };
    await runInTaskContext(context, () => fn(...args));
  }

  #hasCapacity(): boolean {
    return this.#ready && this.#active.size < (this.#init?.tasksPerWorker ?? 1) && !this.#link.congested;
  }

  /** Runs what waits, as far as there is capacity; then leaves, if it is time to. */
  #pump(): void {
    const until = performance.now() + SLICE_MS;
    while (this.#waiting.length > 0 && this.#hasCapacity()) {
      this.#claim(this.#waiting.shift() as SentCall);
      if (performance.now() > until) {
        this.#pumpLater();
        return;
      }
    }
    if (this.#retiring && !this.#gone && this.#ready && this.#active.size === 0 && this.#waiting.length === 0) {
      this.#gone = true;
      void this.#leave();
    }
  }

  #pumpLater(): void {
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      this.#pump();
    });
  }

  #claim({ slot, flags, task, payload, extras }: SentCall): void {
    if (this.#claims?.claim(slot) === false) {
      this.#link.send(records.SKIPPED, 0, slot, 0, 0);
      return;
    }
    if ((flags & records.NOTIFY_START) !== 0) this.#link.send(records.STARTED, 0, slot, 0, 0);
    const named = (flags & records.NAMED) !== 0;
    const call = new RunningCall(slot, this.#init?.workerId ?? 0, task.name, this.#sendProgress);
    this.#active.set(slot, call);
    // In the call's context, so that what loading and decoding leave behind is charged to it.
    runInTaskContext(call, () => {
      let late = false;
      this.#wire.decode(payload, extras, (outcome) => {
        if ("error" in outcome) this.#end(call, true, outcome.error);
        else this.#load(call, task, named, outcome.value as unknown[]);
        if (late) this.#pump();
      });
      late = true;
    });
  }

  #load(call: RunningCall, task: WorkerTask, named: boolean, args: unknown[]): void {
    if (named) call.name = args.pop() as string;
    call.isChunk = task.isChunk;
    if (task.fn !== undefined) {
      this.#run(call, task.fn, args);
      return;
    }
    if (!call.over) this.#claims?.importing(call.slot);
    task
      .load()
      .then(
        (fn) => this.#run(call, fn, args),
        (error: unknown) => this.#end(call, true, error),
      )
      .then(() => this.#pump());
  }

  #run(call: RunningCall, fn: AnyFunction, args: readonly unknown[]): void {
    if (call.over) return; // charged with a stray error meanwhile
    this.#claims?.running(call.slot);
    call.startedAt = performance.now();
    let result: unknown;
    let later: boolean;
    try {
      result = fn(...args);
      later = isThenable(result); // which asks the result, and that may throw
    } catch (error) {
      this.#end(call, true, error);
      return;
    }
    if (later) void this.#await(call, result as PromiseLike<unknown>);
    else this.#end(call, false, result);
  }

  async #await(call: RunningCall, promise: PromiseLike<unknown>): Promise<void> {
    try {
      this.#end(call, false, await promise);
    } catch (error) {
      this.#end(call, true, error);
    }
    this.#pump();
  }

  #end(call: RunningCall, thrown: boolean, value: unknown): void {
    if (call.over) return;
    call.over = true;
    this.#active.delete(call.slot);
    this.#claims?.encoding(call.slot);
    const now = performance.now();
    const startedAt = call.startedAt === 0 ? now : call.startedAt;
    if (now - startedAt > LONG_MS) this.#link.tookLong();
    const flags = this.#isOverMemory(now) ? records.OVER_MEMORY : 0;
    let kind = thrown ? records.THROWN : records.RESULT;
    let payload = thrown ? this.#wire.encodeThrown(value) : undefined;
    if (!thrown && value !== undefined) {
      try {
        payload = call.isChunk ? this.#wire.encodeChunkResult(value as ChunkResult) : this.#wire.encodeResult(value);
      } catch (error) {
        kind = records.THROWN;
        payload = this.#wire.encodeThrown(error);
      }
    }
    this.#link.send(kind, flags, call.slot, performance.timeOrigin + startedAt, now - startedAt, payload);
  }

  readonly #sendProgress = (slot: number, value: unknown): void => {
    this.#link.send(records.PROGRESS, 0, slot, 0, 0, this.#wire.encodeResult(value));
  };

  /** An error that nobody caught: ends the call that it came from, else all that run here. */
  #charge(error: unknown, task: unknown): void {
    const calls = task instanceof RunningCall ? [task] : [...this.#active.values()];
    const open = calls.filter((call) => !call.over);
    if (open.length === 0) console.error("Uncaught, and no task runs that it could be charged to:", error);
    for (const call of open) {
      call.abort(error);
      this.#end(call, true, error);
    }
    this.#pump();
  }

  #isOverMemory(now: number): boolean {
    const limit = this.#init?.maxMemory ?? Number.POSITIVE_INFINITY;
    if (limit === Number.POSITIVE_INFINITY || now - this.#memoryCheckedAt < MEMORY_CHECK_MS) return false;
    this.#memoryCheckedAt = now;
    return memoryInUse() > limit;
  }

  async #leave(): Promise<void> {
    const { finalizer, finalArgs = [] } = this.#init ?? {};
    if (finalizer !== undefined) {
      try {
        await this.#runHook(finalizer, finalArgs);
      } catch (error) {
        console.error("The finalizer failed:", error);
      }
    }
    this.#link.send(records.GONE, 0, 0, 0, 0);
    while (this.#link.congested) await new Promise(setImmediate);
    this.#port.close();
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    ((typeof value === "object" && value !== null) || typeof value === "function") &&
    typeof (value as { then?: unknown }).then === "function"
  );
}

function settledValue(outcome: Outcome): unknown {
  return "value" in outcome ? outcome.value : outcome.error;
}
