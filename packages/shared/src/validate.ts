/** Checks of what callers give: each names what is wrong, what was expected, and the value. */
import { inspect } from "node:util";
import { requireDuration } from "@concurrent-futures/worker-pool";

/** @returns milliseconds; Infinity where there is no limit */
export function checkTimeout(timeout: unknown): number {
  return requireDuration("timeout", timeout) ?? Number.POSITIVE_INFINITY;
}

/** Takes signals of any realm. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof aborted === "boolean" && typeof addEventListener === "function") return;
  throw new TypeError(`Expected \`signal\` to be an AbortSignal, got ${inspect(signal)}`);
}

export function checkInteger(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  const expected = `Expected \`${name}\` to be an integer of at least ${least}`;
  if (typeof value !== "number") throw new TypeError(`${expected}, got ${inspect(value)}`);
  if (!Number.isInteger(value) || value < least) throw new RangeError(`${expected}, got ${value}`);
  throw new RangeError(`Expected \`${name}\` to be at most ${most}, got ${value}`);
}
