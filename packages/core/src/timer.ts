/**
 * Time limits: their validation, and timers of any length.
 */

const longestMs = 2 ** 31 - 1; // setTimeout takes anything longer for 1 ms

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

/** A value as error messages show it. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? `${value}n` : String(value);
  return Array.isArray(value) ? "an array" : "an object";
}

/** Calls `fn` once, `ms` from now, unless stopped. An infinite one never starts. */
export class Timer {
  #handle: ReturnType<typeof setTimeout> | undefined;

  constructor(ms: number, fn: () => void) {
    if (ms !== Number.POSITIVE_INFINITY) this.#arm(ms, fn);
  }

  #arm(ms: number, fn: () => void): void {
    if (ms <= longestMs) this.#handle = setTimeout(fn, ms);
    else this.#handle = setTimeout(() => this.#arm(ms - longestMs, fn), longestMs);
  }

  stop(): void {
    clearTimeout(this.#handle);
  }
}
