/**
 * Waits that end otherwise than by an error when their time is up.
 */
import { TimeoutError } from "@concurrent-futures/core";
import type { WaitOptions } from "./parking.js";

/** Whether a wait ended with `error` because of its own `timeout`, and not because its signal gave that as the reason. */
export function isTimeUp(error: unknown, options: WaitOptions | undefined): boolean {
  return error instanceof TimeoutError && !(options?.signal?.aborted && options.signal.reason === error);
}
