/**
 * Every error that the executors raise themselves. What a task throws is passed on as it is.
 *
 * A thread may hold several copies of this package: a worker has one in the single file that it starts from, and gets
 * another when a task imports an executor; a program may have installed two versions. So `instanceof` goes by the mark
 * that the prototypes of each copy have, see the end of this file.
 */

/** What every error of this project extends. */
export class ExecutorError extends Error {
  override get name(): string {
    return "ExecutorError";
  }
  /** A stable word for programs to compare; the message is for people and may change. */
  get code(): string {
    return "ERR_EXECUTOR";
  }
}

/**
 * The call was cancelled before it ran.
 * Semantics: concurrent.futures.CancelledError, Python 3.14.
 */
export class CancelledError extends ExecutorError {
  override get name(): string {
    return "CancelledError";
  }
  override get code(): string {
    return "ERR_CANCELLED";
  }
}

/**
 * A time limit ran out: of a wait (the task goes on), or of the task itself (options `timeout`, `queueTimeout`).
 * Semantics: TimeoutError, Python 3.14.
 */
export class TimeoutError extends ExecutorError {
  override get name(): string {
    return "TimeoutError";
  }
  override get code(): string {
    return "ERR_TIMEOUT";
  }
}

/**
 * An outcome was set on a future that has one, or a future was started twice.
 * Semantics: concurrent.futures.InvalidStateError, Python 3.14.
 */
export class InvalidStateError extends ExecutorError {
  override get name(): string {
    return "InvalidStateError";
  }
  override get code(): string {
    return "ERR_INVALID_STATE";
  }
}

/**
 * The executor was shut down and takes no more calls.
 * Semantics: the RuntimeError of concurrent.futures.Executor.submit, Python 3.14.
 */
export class ExecutorShutdownError extends ExecutorError {
  override get name(): string {
    return "ExecutorShutdownError";
  }
  override get code(): string {
    return "ERR_EXECUTOR_SHUTDOWN";
  }
}

/** More calls are waiting than the executor's `maxQueue` allows. */
export class QueueFullError extends ExecutorError {
  override get name(): string {
    return "QueueFullError";
  }
  override get code(): string {
    return "ERR_QUEUE_FULL";
  }
}

/**
 * The executor cannot run anything any more; `cause` says why.
 * Semantics: concurrent.futures.BrokenExecutor, Python 3.14.
 */
export class BrokenExecutorError extends ExecutorError {
  override get name(): string {
    return "BrokenExecutorError";
  }
  override get code(): string {
    return "ERR_BROKEN_EXECUTOR";
  }
}

/**
 * A thread pool cannot run anything any more; `cause` says why.
 * Semantics: concurrent.futures.thread.BrokenThreadPool, Python 3.14.
 */
export class BrokenThreadPoolError extends BrokenExecutorError {
  override get name(): string {
    return "BrokenThreadPoolError";
  }
  override get code(): string {
    return "ERR_BROKEN_THREAD_POOL";
  }
}

/**
 * A process pool cannot run anything any more; `cause` says why.
 * Semantics: concurrent.futures.process.BrokenProcessPool, Python 3.14.
 */
export class BrokenProcessPoolError extends BrokenExecutorError {
  override get name(): string {
    return "BrokenProcessPoolError";
  }
  override get code(): string {
    return "ERR_BROKEN_PROCESS_POOL";
  }
}

/** What is known of a worker's end. */
export interface WorkerCrash {
  /** The code that the worker exited with; undefined when a signal ended it. */
  readonly exitCode?: number | undefined;
  /** The signal that ended the worker, such as `"SIGKILL"`. */
  readonly signal?: string | undefined;
  /** The last lines that the worker wrote to stderr. */
  readonly stderr?: string | undefined;
}

/** The worker that ran the call died: by exit, signal, lack of memory, or because it ignored an abort. */
export class WorkerCrashedError extends BrokenExecutorError {
  /** The code that the worker exited with; undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  /** The signal that ended the worker, such as `"SIGKILL"`. */
  readonly signal: string | undefined;
  /** The last lines that the worker wrote to stderr; empty when there were none. */
  readonly stderr: string;

  constructor(message: string, crash: WorkerCrash = {}, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = crash.exitCode;
    this.signal = crash.signal;
    this.stderr = crash.stderr ?? "";
  }
  override get name(): string {
    return "WorkerCrashedError";
  }
  override get code(): string {
    return "ERR_WORKER_CRASHED";
  }
}

/** A function cannot be found again in a worker; the message says why, where the function is, and what to do. */
export class TaskReferenceError extends ExecutorError {
  override get name(): string {
    return "TaskReferenceError";
  }
  override get code(): string {
    return "ERR_TASK_REFERENCE";
  }
}

/** `runInExecutor(null, ...)` was called, and no default executor was set. */
export class NoDefaultExecutorError extends ExecutorError {
  constructor(
    message: string = "There is no default executor: set one with setDefaultExecutor(executor), pass one instead of " +
      'null, or import "concurrent-futures", which sets a thread pool',
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
  override get name(): string {
    return "NoDefaultExecutorError";
  }
  override get code(): string {
    return "ERR_NO_DEFAULT_EXECUTOR";
  }
}

/** A task waits for its own executor, all of whose places are taken by tasks that wait for it too. */
export class DeadlockError extends ExecutorError {
  override get name(): string {
    return "DeadlockError";
  }
  override get code(): string {
    return "ERR_DEADLOCK";
  }
}

/** A value cannot cross between the caller and the worker. */
export class SerializationError extends ExecutorError {
  /** Whether an argument could not be sent to the worker, or the result (or thrown value) not back. */
  readonly side: "argument" | "result";
  /** Where in the value the offender is, such as `args[0].user.onClick`. */
  readonly path: string;

  constructor(message: string, where: { side: "argument" | "result"; path: string }, options?: ErrorOptions) {
    super(message, options);
    this.side = where.side;
    this.path = where.path;
  }
  override get name(): string {
    return "SerializationError";
  }
  override get code(): string {
    return "ERR_SERIALIZATION";
  }
}

const ERRORS = [
  ExecutorError,
  CancelledError,
  TimeoutError,
  InvalidStateError,
  ExecutorShutdownError,
  QueueFullError,
  BrokenExecutorError,
  BrokenThreadPoolError,
  BrokenProcessPoolError,
  WorkerCrashedError,
  TaskReferenceError,
  NoDefaultExecutorError,
  DeadlockError,
  SerializationError,
];

const MARK = Symbol.for("concurrent-futures.error");
for (const { prototype } of ERRORS) Object.defineProperty(prototype, MARK, { value: prototype.name });

/**
 * The name of the class among these that a prototype belongs to, in any copy of this package; internal to this project's
 * packages.
 *
 * @param prototype any object
 * @returns undefined for any other
 */
export function errorMark(prototype: object): unknown {
  return Object.getOwnPropertyDescriptor(prototype, MARK)?.value;
}

// Inherited by the others, and by a program's own classes, which have no mark: for those it is what it always is.
Object.defineProperty(ExecutorError, Symbol.hasInstance, {
  value(this: typeof ExecutorError, value: unknown): boolean {
    if (Function.prototype[Symbol.hasInstance].call(this, value)) return true;
    const mark = errorMark(this.prototype);
    if (mark === undefined || typeof value !== "object" || value === null) return false;
    for (let next = Object.getPrototypeOf(value); next !== null; next = Object.getPrototypeOf(next)) {
      if (errorMark(next) === mark) return true;
    }
    return false;
  },
});
