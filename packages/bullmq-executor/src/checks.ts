/** Checking options. What is undefined was not given, and passes. */

/** @throws {TypeError|RangeError} naming the option, what it should be and what it is */
export function checkInteger(option: string, value: unknown, least: number): void {
  if (value === undefined) return;
  const expected = `Expected \`${option}\` to be an integer of at least ${least}, got ${String(value)}`;
  if (typeof value !== "number") throw new TypeError(expected);
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(expected);
}

/** @throws {TypeError} naming the option, what it should be and what it is */
export function checkQueue(value: unknown): asserts value is string {
  if (typeof value === "string" && value !== "" && !value.includes(":")) return;
  throw new TypeError(`Expected \`queue\` to be the name of a queue, without a colon, got ${String(value)}`);
}

/** @throws {TypeError} naming the option, what it should be and what it is */
export function checkObject(option: string, value: unknown): void {
  if (value === undefined || (typeof value === "object" && value !== null)) return;
  throw new TypeError(`Expected \`${option}\` to be an object, got ${String(value)}`);
}
