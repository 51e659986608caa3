/**
 * WorkerHandle: the pool's view of one worker.
 *
 *   starting --READY--> ready --retire()--> retiring --exit--> gone
 *      |                  |                                     ^
 *      +------------------+-------------- exit, kill -----------+
 *
 * W1  #slots[s] holds the call that was sent under slot s until the worker reports it, also when it was aborted;
 *     a call that was taken back leaves TAKEN_BACK there until the worker says SKIPPED (claims.ts, I2).
 * W2  `sent` counts the calls in #slots that this worker still has to run or end; `sent` <= SLOTS - taken back, for
 *     `roomy` is asked before each send: a worker that has nothing to do may have no slot.
 * W3  Records are handled by #onRecord alone; the pool hears of them through WorkerEvents.
 */

import { setImmediate } from "node:timers";
import { types } from "node:util";
import { CallQueue } from "./call-queue.js";
import { type Phase, PoolClaims } from "./claims.js";
import type { Encoded } from "./codec/index.js";
import { messageOf, Refusal, toSerializationError } from "./codec/path.js";
import { Link } from "./link.js";
import { SLOTS } from "./memory.js";
import type { PoolCall } from "./pool-call.js";
import * as records from "./records.js";
import { Release } from "./release.js";
import type { TaskEntry, TaskTable } from "./task-table.js";
import type { WorkerConnection, WorkerExit } from "./transport.js";

/** Turns calls into bytes. */
export interface CallEncoder {
  encodeArgs(call: PoolCall): Encoded;
  encodeTask(entry: TaskEntry): Encoded;
}

/** A worker's reports. */
export interface WorkerEvents {
  workerReady(worker: WorkerHandle): void;
  failedInit(worker: WorkerHandle, payload: Uint8Array, extras: readonly unknown[]): void;
  /** A call ended; `payload` is valid during the call only. */
  ended(worker: WorkerHandle, call: PoolCall, end: CallEnd): void;
  started(worker: WorkerHandle, call: PoolCall): void;
  progress(call: PoolCall, payload: Uint8Array, extras: readonly unknown[]): void;
  /** It has run its finalizer and is about to exit. */
  leaving(worker: WorkerHandle): void;
  /** How long the records of one worker may hold the event loop, in ms. */
  sliceMs(): number;
  /** A batch of records has been handled: time to send more. */
  batch(worker: WorkerHandle): void;
  exited(worker: WorkerHandle, exit: WorkerExit): void;
}

/** How a call ended. */
export interface CallEnd {
  readonly thrown: boolean;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly runMs: number;
  /** The same with the time that large values take on their way. */
  readonly busyMs: number;
  readonly payload: Uint8Array;
  readonly extras: readonly unknown[];
}

const TAKEN_BACK = Symbol("taken back");
/** Calls that are done in less are waited for awake. */
const SOON_MS = 0.1;
/** What a byte takes on its way, beside the ring between processes, or as part of an object; it can be less. */
const MS_PER_BYTE = 5e-6;
/** Less is part of what every call takes. */
const CARRIED_BYTES = 4096;

/** The time that a payload takes, where that is more than the call itself may take. */
function carriageMs(bytes: number): number {
  return bytes > CARRIED_BYTES ? bytes * MS_PER_BYTE : 0;
}

export class WorkerHandle {
  readonly workerId: number;
  readonly connection: WorkerConnection;
  readonly release: Release;
  /** Calls that must run here, because of their key. */
  readonly lane = new CallQueue();
  state: "starting" | "ready" | "retiring" | "gone" = "starting";
  sent = 0; // calls that it has to run or end (W2)
  backlogMs = 0; // their expected running time
  served = 0; // calls sent in its life
  ended = 0; // calls ended in its life
  endedAtCheck = -1; // `ended` when the pool last looked whether it is stuck; with the next two, see balance.ts
  quietLooks = 0;
  patience = 1;
  stuck = false; // calls were taken back from it, and it has not got to them or ended any since, see balance.ts
  overMemory = false; // it has said so
  farewell = false; // it has run its finalizer and is about to exit
  asked = false; // for a sign of life that it has not given
  condemned = false; // it ignored an abort: no new calls, then it is killed
  idleSince = performance.now();
  heardAt = 0; // when it last reported something
  readonly startedAt = performance.now();
  #busySince = 0; // when it was sent the first of what it has
  readonly #slots: (PoolCall | typeof TAKEN_BACK | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  readonly #costsMs: number[] = []; // by slot: what each call adds to backlogMs
  readonly #sentBytes: number[] = []; // by slot
  readonly #claims: PoolClaims | undefined;
  #startedAtExit: ReadonlySet<number> | undefined; // slots; without claims, once the worker has said that it exits
  readonly #link: Link;
  readonly #events: WorkerEvents;
  readonly #tasks: TaskTable;
  #known = new Set<number>(); // ids of the tasks that it was told
  #generation: number;
  #droppedSeen = 0; // how far in the table's `dropped`

  constructor(workerId: number, connection: WorkerConnection, tasks: TaskTable, events: WorkerEvents) {
    this.workerId = workerId;
    this.connection = connection;
    this.#events = events;
    this.#tasks = tasks;
    this.#generation = tasks.generation;
    this.#link = new Link({
      port: connection,
      side: "pool",
      onRecord: (kind, flags, slot, a, b, payload, extras) => this.#onRecord(kind, flags, slot, a, b, payload, extras),
      onBatch: () => {
        this.heardAt = performance.now();
        events.batch(this);
      },
      sliceMs: () => events.sliceMs(),
      mayLinger: () => this.sent > 0 && this.backlogMs <= SOON_MS,
    });
    this.release = new Release(
      connection,
      () => this.#link.send(records.FLUSH, 0, 0, 0, 0),
      () => this.state !== "ready" || this.sent > 0,
    );
    this.#claims = this.#link.claims === undefined ? undefined : new PoolClaims(this.#link.claims);
    let listening = false;
    connection.listen({
      wake: this.#link.drain,
      message: this.#link.receive,
      // One that cannot start may say so at once, before the pool has heard of the worker.
      exit: (exit) => (listening ? this.#exited(exit) : setImmediate(() => this.#exited(exit))),
    });
    listening = true;
  }

  /** Whether calls can be sent ahead: only where they can be taken back. */
  get prefetches(): boolean {
    return this.#claims !== undefined;
  }

  /** Whether it takes calls at all. */
  get open(): boolean {
    return (this.state === "starting" || this.state === "ready") && !this.condemned && !this.overMemory;
  }

  /** Whether a slot and the ring have room for one more. */
  get roomy(): boolean {
    return (this.#freeSlots.length > 0 || this.#slots.length < SLOTS) && !this.#link.congested;
  }

  init(payload: Encoded): void {
    this.#link.send(records.INIT, 0, 0, 0, 0, payload);
  }

  /**
   * Sends a call.
   * @throws {SerializationError} an argument cannot be sent; then nothing was sent
   */
  send(call: PoolCall, flags: number, wire: CallEncoder): void {
    this.#tell(call.entry, wire);
    const payload = wire.encodeArgs(call);
    if (call.future.done()) return; // encoding ran the program's code, which gave it up
    const slot = this.#freeSlots.pop() ?? this.#slots.length;
    this.#slots[slot] = call;
    call.worker = this;
    call.slot = slot;
    if (this.sent === 0) this.#busySince = performance.now();
    this.sent += 1;
    this.served += 1;
    const bytes = this.#sizeOf(payload.bytes, call.options.transfer === undefined ? payload.extras : undefined);
    this.#sentBytes[slot] = bytes;
    this.#costsMs[slot] = Math.max(call.entry.expectedMs ?? 0, carriageMs(bytes));
    this.backlogMs += this.#costsMs[slot];
    this.#claims?.offer(slot); // before the record: the worker may be that quick
    try {
      this.#link.send(records.CALL, flags, slot, call.entry.id, 0, payload);
    } catch (error) {
      // The platform refused to move something, a port that was closed or a stream that is being read.
      this.#free(slot);
      this.#leave(call);
      this.served -= 1;
      throw toSerializationError(new Refusal(messageOf(error), error), "send", "argument", "transfer");
    }
    if (call.entry.gone) this.#forget(call.entry.id);
  }

  /** Without claims, a call that was sent counts as started, until the worker says otherwise at its exit. */
  hasStarted(call: PoolCall): boolean {
    return this.#claims?.started(call.slot) ?? this.#startedAtExit?.has(call.slot) ?? true;
  }

  /** What it does for the call, where that can be seen. */
  phaseOf(call: PoolCall): Phase | undefined {
    return this.#claims?.phase(call.slot);
  }

  /** Returns whether the call is the pool's again. */
  takeBack(call: PoolCall): boolean {
    if (this.#claims?.take(call.slot) !== true) return false;
    this.#slots[call.slot] = TAKEN_BACK;
    this.served -= 1;
    this.#leave(call);
    return true;
  }

  /** Up to `count` calls that may move and have not started, those sent last; newest first. */
  latestMovable(count: number): PoolCall[] {
    const candidates = this.calls().filter((call) => call.movable && !this.hasStarted(call));
    return candidates.sort((left, right) => right.order - left.order).slice(0, count);
  }

  /** Takes back all that may move and has not started; newest first. */
  takeBackMovable(): PoolCall[] {
    return this.latestMovable(this.sent).filter((call) => this.takeBack(call));
  }

  /** Takes back all that has not started, but for what was handed over by transfer. */
  takeBackAll(): PoolCall[] {
    return this.calls().filter((call) => call.options.transfer === undefined && this.takeBack(call));
  }

  /** Whether nothing was heard of it for `ms`, and nothing has arrived that this event loop has not come to yet. */
  isSilentFor(ms: number): boolean {
    return performance.now() - Math.max(this.heardAt, this.#busySince) > ms && !this.#link.hasArrivals;
  }

  /** How long what it was sent, and has not ended, may have been on its way. */
  carriageMs(): number {
    let sum = 0;
    for (let slot = 0; slot < this.#slots.length; slot++) {
      if (this.#slots[slot] !== undefined) sum += carriageMs(this.#sentBytes[slot] as number);
    }
    return sum;
  }

  /** The calls that are with this worker. */
  calls(): PoolCall[] {
    return this.#slots.filter((call): call is PoolCall => call !== undefined && call !== TAKEN_BACK);
  }

  abort(call: PoolCall, reason: Encoded | undefined): void {
    this.#link.send(records.ABORT, 0, call.slot, 0, 0, reason);
    this.connection.wake(); // it may be asleep with a full load, not waiting for calls
  }

  /** Asks for a sign of life: `asked` is true until it comes. */
  ask(): void {
    if (this.state === "gone") return;
    this.asked = true;
    this.#link.send(records.PING, 0, 0, 0, 0);
  }

  /** Takes no more calls; it ends what it has, runs the finalizer and leaves. */
  retire(): void {
    if (this.state === "gone" || this.state === "retiring") return;
    this.state = "retiring";
    this.#link.send(records.RETIRE, 0, 0, 0, 0);
  }

  kill(): void {
    if (this.state !== "gone") this.connection.kill();
  }

  /** Handles what has arrived, without waiting for the wake-up. */
  poll(): void {
    this.#link.drain();
  }

  /** What is copied on the way, with the memory that travels apart. Other extras are moved, or shared. */
  #sizeOf(bytes: Uint8Array, extras: readonly unknown[] = records.NO_EXTRAS): number {
    let size = bytes.length;
    for (const memory of extras) {
      if (ArrayBuffer.isView(memory) || types.isArrayBuffer(memory)) size += memory.byteLength;
    }
    return size;
  }

  #tell(entry: TaskEntry, wire: CallEncoder): void {
    if (this.#generation !== this.#tasks.generation) {
      this.#generation = this.#tasks.generation;
      this.#droppedSeen = 0;
      this.#known = new Set();
      this.#link.send(records.FORGET, 0, 0, 0, 0);
    }
    const { dropped } = this.#tasks;
    while (this.#droppedSeen < dropped.length) this.#forget(dropped[this.#droppedSeen++] as number);
    if (this.#known.has(entry.id)) return;
    this.#link.send(records.TASK, 0, entry.id, 0, 0, wire.encodeTask(entry));
    this.#known.add(entry.id);
  }

  #forget(id: number): void {
    if (this.#known.delete(id)) this.#link.send(records.FORGET, 0, id, 0, 0);
  }

  #leave(call: PoolCall): void {
    call.worker = undefined;
    this.sent -= 1;
    this.backlogMs = this.sent === 0 ? 0 : this.backlogMs - (this.#costsMs[call.slot] as number);
    if (this.sent === 0) this.idleSince = performance.now();
  }

  #free(slot: number): void {
    this.#slots[slot] = undefined;
    this.#claims?.free(slot);
    this.#freeSlots.push(slot);
  }

  #onRecord(
    kind: number,
    flags: number,
    slot: number,
    a: number,
    b: number,
    payload: Uint8Array,
    extras: readonly unknown[],
  ): void {
    const call = this.#slots[slot];
    switch (kind) {
      case records.RESULT:
      case records.THROWN:
        if (call === undefined || call === TAKEN_BACK) return;
        if ((flags & records.OVER_MEMORY) !== 0) this.overMemory = true;
        this.#free(slot);
        this.#leave(call);
        this.ended += 1;
        this.stuck = false;
        this.patience = 1;
        this.#events.ended(this, call, {
          thrown: kind === records.THROWN,
          startedAt: a,
          runMs: b,
          busyMs: b + carriageMs(this.#sentBytes[slot] as number) + carriageMs(this.#sizeOf(payload, extras)),
          payload,
          extras,
        });
        return;
      case records.SKIPPED:
        if (call === TAKEN_BACK) this.#free(slot);
        this.stuck = false;
        return;
      case records.STARTED:
        if (call !== undefined && call !== TAKEN_BACK) this.#events.started(this, call);
        return;
      case records.PROGRESS:
        if (call !== undefined && call !== TAKEN_BACK) this.#events.progress(call, payload, extras);
        return;
      case records.READY:
        if (this.state === "starting") this.state = "ready";
        this.idleSince = performance.now();
        this.#events.workerReady(this);
        return;
      case records.GONE:
        this.farewell = true;
        this.#events.leaving(this);
        return;
      case records.PONG:
        this.asked = false;
        return;
      case records.FLUSHED:
        this.release.flushed();
        return;
      case records.EXITS:
        this.#startedAtExit = new Set(records.slotsIn(payload));
        return;
      case records.FAILED_INIT:
        this.#events.failedInit(this, payload, extras);
        return;
    }
  }

  #exited(exit: WorkerExit): void {
    this.#link.finish();
    this.release.end();
    this.state = "gone";
    this.#events.exited(this, exit);
  }
}
