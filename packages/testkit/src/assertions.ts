/**
 * The few assertions that clauses need. Runners bring their own, but a clause runs under any of them.
 *
 * Errors are told apart by `name` and `code`, never by class: a runner's sandbox and a second copy of a package have
 * classes of their own. For the same reason values are compared by what they hold.
 */
import assert from "node:assert/strict";
import { types } from "node:util";

export const ok: (value: unknown, message: string) => void = (value, message) => assert.ok(value, message);

/** Whether both hold the same; arrays and plain objects may come from another realm. */
export function equal(actual: unknown, expected: unknown, message?: string): void {
  const said = message === undefined ? [] : [message]; // Node 26.10 refuses undefined
  assert.deepStrictEqual(localized(actual, new Map()), localized(expected, new Map()), ...said);
}

/** What an error must be: the properties named here, and its message if it is to match. */
export interface Expected {
  readonly name?: string | RegExp;
  readonly code?: string;
  readonly message?: RegExp;
}

/** What `promise` rejects with, which must be as expected. */
export async function rejects(promise: PromiseLike<unknown>, expected: Expected, what: string): Promise<unknown> {
  const reason = await reasonOf(promise, what);
  matches(reason, expected, what);
  return reason;
}

/** `promise` rejects with exactly `reason`. */
export async function rejectsWith(promise: PromiseLike<unknown>, reason: unknown, what: string): Promise<void> {
  const actual = await reasonOf(promise, what);
  assert.ok(Object.is(actual, reason), `${what}: expected the very reason ${show(reason)}, got ${show(actual)}`);
}

/** What `promise` rejects with, whatever it is. */
export async function reasonOf(promise: PromiseLike<unknown>, what: string): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  assert.fail(`${what}: expected a rejection, got the value ${show(value)}`);
}

/** What `fn` throws, which must be as expected. */
export function throws(fn: () => unknown, expected: Expected, what: string): unknown {
  let value: unknown;
  try {
    value = fn();
  } catch (error) {
    matches(error, expected, what);
    return error;
  }
  // Not to leave a rejection behind that nobody looks at.
  if (types.isPromise(value)) value.catch(() => {});
  assert.fail(`${what}: expected a throw, got the value ${show(value)}`);
}

/** A wrong option is refused in the call, by an error that names it. */
export function refuses(fn: () => unknown, option: string): void {
  throws(fn, { name: /^(RangeError|TypeError)$/, message: new RegExp(option) }, `a wrong \`${option}\``);
}

export function matches(error: unknown, expected: Expected, what: string): void {
  const { name, code, message } = Object(error) as { name?: unknown; code?: unknown; message?: unknown };
  const said = `${what}: it was ${show(error)}`;
  if (typeof expected.name === "string") assert.equal(name, expected.name, said);
  else if (expected.name) assert.match(String(name), expected.name, said);
  if (expected.code !== undefined) assert.equal(code, expected.code, said);
  if (expected.message) assert.match(String(message), expected.message, said);
}

function show(value: unknown): string {
  if (types.isNativeError(value)) return `${value.name}: ${value.message}`;
  try {
    return typeof value === "string" ? JSON.stringify(value) : String(value);
  } catch {
    return typeof value;
  }
}

/** Arrays, plain objects, Maps, Sets and Dates made anew here; the rest as it is. */
function localized(value: unknown, seen: Map<unknown, unknown>): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const keep = <T>(copy: T): T => {
    seen.set(value, copy);
    return copy;
  };
  if (Array.isArray(value)) {
    const copy = keep([] as unknown[]);
    for (const item of value) copy.push(localized(item, seen));
    return copy;
  }
  if (types.isMap(value)) {
    const copy = keep(new Map());
    for (const [key, item] of value) copy.set(localized(key, seen), localized(item, seen));
    return copy;
  }
  if (types.isSet(value)) {
    const copy = keep(new Set());
    for (const item of value) copy.add(localized(item, seen));
    return copy;
  }
  if (types.isDate(value)) return keep(new Date(value.getTime()));
  if (types.isRegExp(value)) return keep(new RegExp(value.source, value.flags));
  if (types.isTypedArray(value)) return keep({ [value[Symbol.toStringTag]]: Array.from(value as never) });
  if (types.isAnyArrayBuffer(value)) return keep({ buffer: Array.from(new Uint8Array(value)) });
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return value;
  const copy = keep({} as Record<string, unknown>);
  for (const [key, item] of Object.entries(value)) copy[key] = localized(item, seen);
  return copy;
}
