import { ExecutorError } from "@concurrent-futures/core";

/**
 * There was nothing to get from a Queue, at once or within the `timeout`.
 * Semantics: queue.Empty, Python 3.14.
 */
export class QueueEmptyError extends ExecutorError {
  override get name(): string {
    return "QueueEmptyError";
  }
  override get code(): string {
    return "ERR_QUEUE_EMPTY";
  }
}
