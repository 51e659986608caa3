/** Checking the options of `map`. */
import { checkInteger, checkOptions, checkSignal, checkTimeout } from "./checks.js";
import type { MapOptions } from "./executor.js";

/**
 * Checks the options of a map.
 *
 * @throws {TypeError|RangeError} naming the option, what it should be and what it is
 */
export function checkMapOptions(options: MapOptions = {}): MapOptions {
  checkOptions(options);
  if (options.chunkSize !== "auto") checkInteger("chunkSize", options.chunkSize, 1);
  checkInteger("bufferSize", options.bufferSize, 1);
  checkTimeout("timeout", options.timeout);
  checkSignal("signal", options.signal);
  return options;
}
