import { inspect } from "node:util";

/**
 * The `maxSize` of a queue's options, Infinity where there is none.
 * @throws {TypeError | RangeError} it is not one
 */
export function requireMaxSize(options: unknown): number {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected \`options\` to be an object, such as { maxSize: 10 }, got ${inspect(options)}`);
  }
  const { maxSize } = options as { maxSize?: unknown };
  if (maxSize === undefined || maxSize === 0 || maxSize === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  const expected = `Expected \`maxSize\` to be an integer of at least 0, got ${inspect(maxSize)}`;
  if (typeof maxSize !== "number") throw new TypeError(expected);
  if (!Number.isInteger(maxSize) || maxSize < 0) throw new RangeError(expected);
  return maxSize;
}
