/** Checking the options of calls, in one place. */
import { checkInteger, checkOptions, checkSignal, checkString, checkTimeout } from "./checks.js";
import type { TaskOptions } from "./executor.js";
import { show } from "./show.js";

/**
 * Checks `options` and puts them over `base`; what is undefined counts as not given.
 *
 * @throws {TypeError|RangeError} naming the option, what it should be and what it is
 */
export function mergeTaskOptions(base: TaskOptions, options: TaskOptions): TaskOptions {
  checkOptions(options);
  checkSignal("signal", options.signal);
  checkTimeout("timeout", options.timeout);
  checkTimeout("queueTimeout", options.queueTimeout);
  checkPriority(options.priority);
  checkInteger("retries", options.retries, 0);
  checkString("key", options.key);
  checkString("name", options.name);
  checkTransfer(options.transfer);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.freeze({ ...base, ...Object.fromEntries(given) });
}

function checkPriority(value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "number") throw new TypeError(`Expected \`priority\` to be a number, got ${show(value)}`);
  if (!Number.isFinite(value)) throw new RangeError(`Expected \`priority\` to be a finite number, got ${value}`);
}

function checkTransfer(value: unknown): void {
  if (value !== undefined && !Array.isArray(value)) {
    throw new TypeError(`Expected \`transfer\` to be an array of transferable objects, got ${show(value)}`);
  }
}
