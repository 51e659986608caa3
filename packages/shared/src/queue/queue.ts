/**
 * Queue: items from any number of threads and processes to any number of them.
 *
 *   word    0..3 put side of the ring     16..19 take side (ring.ts)
 *
 * U1  An item is in the queue until somebody has it as a value: consumers fetch nothing ahead.
 * U2  Nothing runs for a queue but its callers; what is left in it holds up nobody's exit.
 */
import { deserialize, QueueFullError, serialize, TimeoutError } from "@concurrent-futures/core";
import { declareClass } from "@concurrent-futures/worker-pool";
import { Block, type BlockState } from "../block.js";
import { isTimeUp } from "../limits.js";
import type { SyncWaitOptions, WaitOptions } from "../parking.js";
import { Channel, NOTHING } from "./channel.js";
import { requireMaxSize } from "./max-size.js";
import { createRings, ringMemory } from "./memory.js";
import { QueueEmptyError } from "./queue-empty-error.js";

const PUT = 0;
const TAKE = 16;

/** Options of a Queue. */
export interface QueueOptions {
  /** How many items it holds before `put` waits. Default, and with 0: as many as memory allows. */
  readonly maxSize?: number;
}

interface QueueState {
  readonly block: BlockState;
  /** 0: unbounded. JSON can hold it. */
  readonly maxSize: number;
}

/**
 * A queue between threads and processes, first in, first out.
 *
 * Items are copied as arguments of tasks are: plain data, errors, instances with `[serialize]`, and whatever this
 * package shares, another Queue included. They are encoded in the call of `put`. Items of one producer arrive in their order, each at one
 * consumer. A producer or consumer that is killed leaves no item half put, or lost before it was got.
 * An item that holds a shared object can be got as long as a process lives that has that object.
 *
 * Semantics: multiprocessing.Queue, Python 3.14.
 * Differs (D-43): no feeder thread; so `put` of what cannot be sent fails by itself, and
 * `size()`, `empty()` and `full()` are exact when nobody else is using it.
 */
export class Queue<T = unknown> {
  readonly #block: Block;
  readonly #channel: Channel;
  readonly #maxSize: number;

  /**
   * @throws {TypeError | RangeError} `maxSize` is not an integer of at least 0, or Infinity
   */
  constructor(options: QueueOptions = {}, block?: Block) {
    this.#maxSize = requireMaxSize(options);
    this.#block = block instanceof Block ? block : createRings(1);
    const { words, parking } = this.#block;
    const place = { words, put: PUT, take: TAKE };
    this.#channel = new Channel(place, ringMemory(this.#block, 0, 1), parking, { limit: this.#maxSize });
    this.#block.object("Queue", () => this);
  }

  /**
   * Adds an item; waits while the queue is full.
   *
   * @param options.timeout  milliseconds to wait; default: no limit
   * @param options.signal  gives up when aborted
   * @throws {QueueFullError} (rejection, `ERR_QUEUE_FULL`) there was no room within `timeout`
   * @throws {SerializationError} (rejection, `ERR_SERIALIZATION`) the item cannot be sent; nothing was added
   * @throws {RangeError} (rejection) the item is too large for any queue
   * @throws {TypeError | RangeError} (at once) an option is wrong
   * @throws {unknown} (rejection) the reason of `signal`; nothing was added
   */
  put(item: T, options?: WaitOptions): Promise<void> {
    const putting = this.#channel.put(item, options);
    return options === undefined ? putting : putting.catch(rethrowAs(full, options));
  }

  /**
   * The same, blocking this thread.
   * @throws {QueueFullError} (`ERR_QUEUE_FULL`) there was no room within `timeout`
   */
  putSync(item: T, options?: SyncWaitOptions): void {
    try {
      this.#channel.putSync(item, options);
    } catch (error) {
      throw error instanceof TimeoutError ? full(error) : error;
    }
  }

  /**
   * Adds an item if there is room now.
   * @throws {QueueFullError} (`ERR_QUEUE_FULL`) there is none
   */
  putNowait(item: T): void {
    if (!this.#channel.putNow(item)) throw full();
  }

  /**
   * Takes the oldest item; waits while there is none.
   *
   * @param options.timeout  milliseconds to wait; default: no limit
   * @param options.signal  gives up when aborted
   * @throws {QueueEmptyError} (rejection, `ERR_QUEUE_EMPTY`) nothing came within `timeout`
   * @throws {SerializationError} (rejection) the item cannot be made here; it is gone
   * @throws {unknown} (rejection) the reason of `signal`; nothing was taken
   */
  get(options?: WaitOptions): Promise<T> {
    const getting = this.#channel.get(options) as Promise<T>;
    return options === undefined ? getting : getting.catch(rethrowAs(empty, options));
  }

  /**
   * The same, blocking this thread. It cannot load the module of an item's class: import that first, or use `get()`.
   * @throws {QueueEmptyError} (`ERR_QUEUE_EMPTY`) nothing came within `timeout`
   * @throws {SerializationError} the item's class is not loaded, and the item is left; or it cannot be made here
   */
  getSync(options?: SyncWaitOptions): T {
    try {
      return this.#channel.getSync(options) as T;
    } catch (error) {
      throw error instanceof TimeoutError ? empty(error) : error;
    }
  }

  /**
   * Takes the oldest item if there is one now. What `getSync` says of classes holds here, too.
   * @throws {QueueEmptyError} (`ERR_QUEUE_EMPTY`) there is none
   */
  getNowait(): T {
    const item = this.#channel.getNow();
    if (item === NOTHING) throw empty();
    return item as T;
  }

  /** How many items are in it. Others may change that at any moment. Python: qsize. */
  size(): number {
    return this.#channel.size;
  }

  /** Whether there is no item in it. Others may change that at any moment. */
  empty(): boolean {
    return this.#channel.size === 0;
  }

  /** Whether it holds `maxSize` items. Others may change that at any moment. */
  full(): boolean {
    return this.#channel.size >= this.#maxSize;
  }

  [serialize](): QueueState {
    this.#channel.sent();
    return { block: this.#block.toState(), maxSize: Number.isFinite(this.#maxSize) ? this.#maxSize : 0 };
  }
  static [deserialize](state: unknown): Queue {
    const { block: blockState, maxSize } = (state ?? {}) as Partial<QueueState>;
    const block = Block.fromState(blockState, "Queue");
    return block.object("Queue", () => new Queue({ maxSize: maxSize as number }, block));
  }
}

function full(cause?: unknown): QueueFullError {
  return new QueueFullError("The queue is full", cause === undefined ? undefined : { cause });
}

function empty(cause?: unknown): QueueEmptyError {
  return new QueueEmptyError("The queue is empty", cause === undefined ? undefined : { cause });
}

/** What a wait rejects with, where it took too long. */
function rethrowAs(late: (cause: unknown) => Error, options: WaitOptions): (error: unknown) => never {
  return (error) => {
    throw isTimeUp(error, options) ? late(error) : error;
  };
}

declareClass(Queue, import.meta.url, "Queue");
