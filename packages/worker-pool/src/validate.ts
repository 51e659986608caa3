/**
 * Checks of option values. Each returns the value, or undefined where the option was left out, and throws a TypeError or
 * RangeError that names the option, what was expected, and the value.
 */
import { inspect } from "node:util";
import { type Task, taskShape } from "@concurrent-futures/core";

/** An integer of at least `least`, or Infinity. */
export function requireCount(name: string, value: unknown, least: number): number | undefined {
  if (value === undefined) return undefined;
  const expected = `Expected \`${name}\` to be an integer of at least ${least}`;
  if (typeof value !== "number") throw new TypeError(`${expected}, got ${inspect(value)}`);
  if (value === Number.POSITIVE_INFINITY && name !== "maxWorkers") return value;
  if (!Number.isInteger(value) || value < least) throw new RangeError(`${expected}, got ${value}`);
  return value;
}

/** Milliseconds: a number of at least 0, or Infinity. */
export function requireDuration(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const expected = `Expected \`${name}\` to be a number of milliseconds of at least 0`;
  if (typeof value !== "number") throw new TypeError(`${expected}, got ${inspect(value)}`);
  if (!(value >= 0)) throw new RangeError(`${expected}, got ${value}`);
  return value;
}

/** An option that takes one of a few words; undefined where it was not given. */
export function requireOneOf<T extends string>(name: string, value: unknown, allowed: readonly T[]): T | undefined {
  if (value === undefined) return undefined;
  const found = allowed.find((one) => one === value);
  if (found === undefined) {
    throw new RangeError(
      `Expected \`${name}\` to be one of ${allowed.map((one) => `"${one}"`).join(", ")}, got ${inspect(value)}`,
    );
  }
  return found;
}

/** A function or a task reference. */
export function requireTask<A extends readonly unknown[]>(
  name: string,
  value: Task<A, unknown> | undefined,
): Task<readonly unknown[], unknown> | undefined {
  if (value === undefined) return undefined;
  const isTask = typeof value === "function" || (typeof value === "object" && value !== null && taskShape in value);
  if (!isTask) throw new TypeError(`Expected \`${name}\` to be a function, got ${inspect(value)}`);
  return value as Task<readonly unknown[], unknown>;
}

/** An array of strings. */
export function requireStrings(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value) && value.every((one) => typeof one === "string")) return [...value];
  throw new TypeError(`Expected \`${name}\` to be an array of strings, got ${inspect(value)}`);
}

/** Variables of an environment. */
export function requireEnvironment(value: NodeJS.ProcessEnv | undefined): NodeJS.ProcessEnv | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "object" && value !== null) return { ...value };
  throw new TypeError(`Expected \`env\` to be an object of strings, got ${inspect(value)}`);
}
