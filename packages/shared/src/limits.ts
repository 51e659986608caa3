/**
 * Limits of waits, where a wait does something before it waits, or ends otherwise than by an error.
 */
import { TimeoutError } from "@concurrent-futures/core";
import type { WaitOptions } from "./parking.js";
import { checkSignal, checkTimeout } from "./validate.js";

/**
 * Checks the options of a wait, before anything is done for it.
 * @throws {TypeError | RangeError}
 */
export function checkWaitOptions(options: WaitOptions | undefined): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected \`options\` to be an object, got ${String(options)}`);
  }
  checkTimeout(options.timeout);
  checkSignal(options.signal);
}

/** Whether a wait ended with `error` because of its own `timeout`, and not because its signal gave that as the reason. */
export function isTimeUp(error: unknown, options: WaitOptions | undefined): boolean {
  return error instanceof TimeoutError && !(options?.signal?.aborted && options.signal.reason === error);
}
