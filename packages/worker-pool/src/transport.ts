/**
 * WorkerTransport: where workers live. A transport starts a worker that runs `runWorker(port)`, carries bytes both
 * ways, and says when the worker ended. Everything else (queue, windows, claims, results) is the engine's.
 *
 *   parent: WorkerConnection  ── memory both sides see, with a wake-up each way ──  worker: Port
 *                             ── post: what is large, in order, either way ───────
 *
 * With `memory`, records travel in rings there (see link.ts), and `post` carries only what is too big for a ring.
 * Without it, every record is posted, and the engine sends one call at a time.
 */
import type { Transferable } from "@concurrent-futures/core";

/** What arrives at one end. */
export interface PortHandlers {
  /** The other side wrote to the memory and found this side asleep. May be called without need. */
  wake(): void;
  /** Something posted by the other side; `extras` is what was posted along. */
  message(bytes: Uint8Array, extras: readonly unknown[]): void;
}

/** One end of the connection between the engine and a worker. */
export interface Port {
  /** `MEMORY_BYTES` (memory.ts) of zeroed memory that both sides see; undefined where there is none. */
  readonly memory: ArrayBufferLike | undefined;
  /** Whether `post` carries `extras` and `transfer` (SharedArrayBuffer, MessagePort, ...), as threads do. */
  readonly carriesHostObjects: boolean;
  /**
   * A port that carries no host objects may take large memory apart: from this size on an ArrayBuffer is not copied into
   * `bytes`. `post` gets a Uint8Array over the program's memory among the `extras`, to be read before it returns, and
   * `message` on the other side an ArrayBuffer of the receiver's own in its place. Default: never.
   */
  readonly apartBytes?: number | undefined;
  /** Wakes the other side. Cheap, lossless while the worker lives, may be merged with others. */
  wake(): void;
  /** Sends bytes beside the memory, in order, of any size. `bytes` is not touched by the caller afterwards. */
  post(bytes: Uint8Array, extras?: readonly unknown[], transfer?: readonly Transferable[]): void;
  /** Starts delivery; called once, before anything can arrive. */
  listen(handlers: PortHandlers): void;
  /** Worker's end: delivers what was posted, then keeps the worker alive no longer. */
  close(): void;
}

/** How a worker ended. */
export interface WorkerExit {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** The last lines of its stderr. */
  readonly stderr: string;
  /** Why it could not start, or the error that ended it, where there is one. */
  readonly error?: unknown;
}

export interface ConnectionHandlers extends PortHandlers {
  /** The worker ended. Called once, after everything it posted was delivered. */
  exit(exit: WorkerExit): void;
}

/** The engine's end of the connection. */
export interface WorkerConnection extends Omit<Port, "listen" | "close"> {
  /** Thread id or process id; 0 before it is known. */
  readonly id: number;
  listen(handlers: ConnectionHandlers): void;
  /** Whether this worker keeps the program alive. A connection starts out ref'd. */
  ref(): void;
  unref(): void;
  /** Asks the worker's host to end it: SIGTERM for a process. */
  terminate(): void;
  /** Ends the worker now, whatever it is doing. */
  kill(): void;
}

/** What a worker is started with. */
export interface WorkerStart {
  /** 1, 2, 3, ... within a pool, never used twice. */
  readonly workerId: number;
}

/** Starts workers. Plugin authors implement this to host the runtime somewhere else. */
export interface WorkerTransport {
  /** What errors call a worker of this kind, such as `"thread"`. */
  readonly kind: string;
  /** Whether `post` carries `extras` and `transfer` (SharedArrayBuffer, MessagePort, ...), as threads do. */
  readonly carriesHostObjects: boolean;
  /** The `apartBytes` of its connections, all alike. */
  readonly apartBytes?: number | undefined;
  /**
   * Whether the pool may import the modules that a worker names as the homes of its classes. False for workers that are
   * allowed less than the pool: then only classes that are loaded already are found. Default true.
   */
  readonly trusted?: boolean;
  /** Starts a worker at once; one that cannot start reports it through `exit`. */
  start(start: WorkerStart): WorkerConnection;
}
