/**
 * Checks of option values beside those of worker-pool. Each throws a TypeError that names the option, what was expected,
 * and the value.
 */
import { inspect } from "node:util";

/** An object with no other options than these. */
export function requireOptions<N extends string>(
  options: unknown,
  names: readonly N[],
): { readonly [K in N]?: unknown } {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Expected the options to be an object ({ ${names.join(", ")} }), got ${inspect(options)}`);
  }
  const unknown = Object.keys(options).find((name) => !names.includes(name as N));
  if (unknown === undefined) return options;
  throw new TypeError(`Expected the options to be among ${names.join(", ")}, got \`${unknown}\``);
}

export function requireText(name: string, value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new TypeError(`Expected \`${name}\` to be a string, got ${inspect(value)}`);
}

export function requireBoolean(name: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw new TypeError(`Expected \`${name}\` to be a boolean, got ${inspect(value)}`);
}

/** A function, such as a callback. */
export function requireFunction<F>(name: string, value: F): F {
  if (value === undefined || typeof value === "function") return value;
  throw new TypeError(`Expected \`${name}\` to be a function, got ${inspect(value)}`);
}
