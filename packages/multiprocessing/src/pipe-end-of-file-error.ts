import { ExecutorError } from "@concurrent-futures/core";

/**
 * The other end of a pipe is gone: nothing more will come, or nobody is there to receive.
 * Semantics: EOFError of Connection.recv and BrokenPipeError of Connection.send, Python 3.14.
 */
export class EndOfFileError extends ExecutorError {
  override get name(): string {
    return "EndOfFileError";
  }
  override get code(): string {
    return "ERR_END_OF_FILE";
  }
}
