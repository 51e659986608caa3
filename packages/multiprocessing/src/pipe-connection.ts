/** Connection: one end of a Pipe. */
import { deserialize, InvalidStateError, serialize, TimeoutError } from "@concurrent-futures/core";
import { Block, type BlockState, type SyncWaitOptions, type WaitOptions } from "@concurrent-futures/shared/channel";
import { declareClass } from "@concurrent-futures/worker-pool";
import type { End } from "./pipe-ends.js";
import { closed, PipeMemory } from "./pipe-memory.js";

/** What an end is for. */
export type Direction = "both" | "send" | "receive";

interface ConnectionState {
  readonly block: BlockState;
  readonly end: End;
  readonly direction: Direction;
}

/**
 * One end of a pipe, made by `Pipe()`. It can be passed to tasks, threads and processes, in `args` of a Process, in
 * arguments, results and through queues; what is sent arrives in its order, as arguments of tasks do.
 *
 * An end belongs to whoever received it last, or used it: when that thread or process ends, the other end is told so
 * (EndOfFileError), even if the one that passed the end on still has its copy.
 *
 * Semantics: multiprocessing.connection.Connection, Python 3.14.
 */
export class Connection<T = unknown> implements Disposable {
  readonly #memory: PipeMemory;
  readonly #end: End;
  readonly #direction: Direction;
  #closed = false;

  /** Use `Pipe()`. */
  constructor(memory: PipeMemory, end: End, direction: Direction) {
    if (!(memory instanceof PipeMemory)) throw new TypeError("A Connection is made by Pipe()");
    this.#memory = memory;
    this.#end = end;
    this.#direction = direction;
    memory.ends.receive(end);
  }

  /** Whether it receives. Python: readable. */
  get readable(): boolean {
    return this.#direction !== "send";
  }

  /** Whether it sends. Python: writable. */
  get writable(): boolean {
    return this.#direction !== "receive";
  }

  /** Whether this copy of the end was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Sends a value. Waits only where the other end is so far behind that no memory is left.
   *
   * @throws {EndOfFileError} (rejection, `ERR_END_OF_FILE`) the other end is gone. Python: BrokenPipeError
   * @throws {SerializationError} (`ERR_SERIALIZATION`) the value cannot be sent; nothing was
   * @throws {RangeError} the value is too large
   * @throws {InvalidStateError} this end was closed, or only receives
   */
  async send(value: T): Promise<void> {
    await this.#sending().put(value);
  }

  /** The same, blocking this thread where it has to wait. */
  sendSync(value: T): void {
    this.#sending().putSync(value);
  }

  /**
   * Receives the next value; waits for it.
   *
   * @param options.timeout  milliseconds; default: no limit
   * @param options.signal  gives up when aborted
   * @throws {EndOfFileError} (rejection, `ERR_END_OF_FILE`) the other end is gone, and all that it sent was received
   * @throws {TimeoutError} (rejection, `ERR_TIMEOUT`) nothing came within `timeout`
   * @throws {InvalidStateError} this end was closed, or only sends
   */
  async recv(options?: WaitOptions): Promise<T> {
    return (await this.#receiving().get(options)) as T;
  }

  /**
   * The same, blocking this thread. It cannot load the module of a value's class: import that first, or use `recv()`.
   * @throws {EndOfFileError} (`ERR_END_OF_FILE`) the other end is gone, and all that it sent was received
   * @throws {TimeoutError} (`ERR_TIMEOUT`) nothing came within `timeout`
   */
  recvSync(options?: SyncWaitOptions): T {
    return this.#receiving().getSync(options) as T;
  }

  /**
   * Whether `recv` would have something at once: a value, or the end of the other side.
   *
   * @param options.timeout  milliseconds to wait for that; default: 0
   * @param options.signal  gives up when aborted
   */
  async poll(options: WaitOptions = {}): Promise<boolean> {
    const channel = this.#receiving();
    try {
      return await channel.poll({ ...options, timeout: options.timeout ?? 0 });
    } catch (error) {
      if (error instanceof TimeoutError && error !== options.signal?.reason) return false;
      throw error;
    }
  }

  /** The same, blocking this thread. */
  pollSync(options: SyncWaitOptions = {}): boolean {
    const channel = this.#receiving();
    try {
      return channel.pollSync({ ...options, timeout: options.timeout ?? 0 });
    } catch (error) {
      if (error instanceof TimeoutError) return false;
      throw error;
    }
  }

  /**
   * Gives this end up. If nobody else has it, the other end receives what was sent, then EndOfFileError. Closing it
   * after it was passed on takes nothing from whoever gets it. Closing it twice is harmless.
   */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#memory.ends.close(this.#end);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** @throws {InvalidStateError} this end was closed */
  [serialize](): ConnectionState {
    if (this.#closed) throw closed();
    this.#memory.sent(this.#end);
    return { block: this.#memory.block.toState(), end: this.#end, direction: this.#direction };
  }
  static [deserialize](state: unknown): Connection {
    const { block, end, direction } = (state ?? {}) as Partial<ConnectionState>;
    const memory = PipeMemory.of(Block.fromState(block, "Pipe"));
    if ((end !== 0 && end !== 1) || direction === undefined)
      throw new TypeError("This is not the state of a Connection");
    return new Connection(memory, end, direction);
  }

  #sending() {
    if (this.#closed) throw closed();
    if (!this.writable) throw new InvalidStateError("This end of the pipe only receives. Make a Pipe() with `duplex`");
    this.#memory.ends.use(this.#end);
    return this.#memory.outgoing(this.#end);
  }

  #receiving() {
    if (this.#closed) throw closed();
    if (!this.readable) throw new InvalidStateError("This end of the pipe only sends. Make a Pipe() with `duplex`");
    this.#memory.ends.use(this.#end);
    return this.#memory.incoming(this.#end);
  }
}

declareClass(Connection, import.meta.url, "Connection");
