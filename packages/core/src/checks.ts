/**
 * Checking the values of options. What is undefined was not given, and passes.
 *
 * Messages name the option, what it should be and what it is.
 */
import { show } from "./show.js";

/**
 * Checks that options are an object, and not the value of one of them, as Python's positional `result(5)`.
 *
 * @throws {TypeError} they are not
 */
export function checkOptions(options: unknown): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected \`options\` to be an object, got ${show(options)}`);
  }
}

/**
 * Checks a time limit in milliseconds; undefined and `Infinity` mean none.
 *
 * @throws {TypeError} not a number
 * @throws {RangeError} NaN or negative
 */
export function checkTimeout(option: string, value: unknown): void {
  if (value === undefined) return;
  if (typeof value !== "number") {
    throw new TypeError(`Expected \`${option}\` to be a number of milliseconds, got ${show(value)}`);
  }
  if (!(value >= 0)) throw new RangeError(`Expected \`${option}\` to be at least 0 milliseconds, got ${value}`);
}

/**
 * Checks a whole number.
 *
 * @throws {TypeError} not a number
 * @throws {RangeError} not an integer, or less than `least`
 */
export function checkInteger(option: string, value: unknown, least: number): void {
  if (value === undefined) return;
  const message = `Expected \`${option}\` to be an integer of at least ${least}, got ${show(value)}`;
  if (typeof value !== "number") throw new TypeError(message);
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(message);
}

/**
 * Checks a string.
 *
 * @throws {TypeError} it is not one
 */
export function checkString(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== "string") {
    throw new TypeError(`Expected \`${option}\` to be a string, got ${show(value)}`);
  }
}

/**
 * Checks an option that takes an AbortSignal, also one of another realm.
 *
 * @throws {TypeError} it is not one
 */
export function checkSignal(option: string, value: unknown): void {
  if (value === undefined) return;
  const signal = value as Partial<AbortSignal> | null;
  if (
    typeof signal !== "object" ||
    typeof signal?.aborted !== "boolean" ||
    typeof signal.addEventListener !== "function"
  ) {
    throw new TypeError(`Expected \`${option}\` to be an AbortSignal, got ${show(value)}`);
  }
}
