/**
 * Errors of the shared objects. Waits that run out of time throw core's TimeoutError.
 *
 * Match on `code`, which is stable: a program may hold two copies of this package, and then `instanceof` fails.
 */
import { ExecutorError } from "@concurrent-futures/core";

/**
 * Something was released, waited on or notified by one who does not hold it: a lock, a semaphore's permit, a
 * condition's lock.
 *
 * Semantics: the RuntimeError (Lock, Condition), AssertionError (RLock) and ValueError (BoundedSemaphore) of
 * Python 3.14's multiprocessing.
 */
export class NotHeldError extends ExecutorError {
  override get name(): string {
    return "NotHeldError";
  }
  override get code(): string {
    return "ERR_NOT_HELD";
  }
}

/**
 * A barrier cannot be passed: it is broken, or was reset while this one waited; the message says by what.
 *
 * Semantics: threading.BrokenBarrierError, Python 3.14.
 */
export class BrokenBarrierError extends ExecutorError {
  override get name(): string {
    return "BrokenBarrierError";
  }
  override get code(): string {
    return "ERR_BROKEN_BARRIER";
  }
}
