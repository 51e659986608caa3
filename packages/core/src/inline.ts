/** Functions that travel by their source, with the values that they use. */

import { show } from "./show.js";
import type { AnyFunction } from "./task-reference.js";
import { type Shaped, withShape } from "./task-shape.js";

/** What an inline function takes along. */
export interface InlineOptions {
  /** The values of the variables around the function that it uses, by name. They are copied as arguments are. */
  readonly captures?: Readonly<Record<string, unknown>>;
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/**
 * Marks a function to be sent by its source, along with the values of variables that it uses from around it:
 *
 *     const offset = 5;
 *     await pool.submit(inline((x: number) => x + offset, { captures: { offset } }), 37);
 *
 * @returns a function that does what `fn` does
 * @throws {TypeError} `fn` is not a function, or `captures` is not an object whose keys are variable names
 */
export function inline<F extends AnyFunction>(fn: F, options: InlineOptions = {}): Shaped<F> {
  if (typeof fn !== "function") throw new TypeError(`Expected \`fn\` to be a function, got ${show(fn)}`);
  const { captures = {} } = options;
  if (typeof captures !== "object" || captures === null || Array.isArray(captures)) {
    throw new TypeError(`Expected \`captures\` to be an object such as { offset }, got ${show(captures)}`);
  }
  for (const name of Object.keys(captures)) {
    if (!identifier.test(name)) {
      throw new TypeError(`Expected the keys of \`captures\` to be names of variables, got ${show(name)}`);
    }
  }
  const call = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(fn, this, args);
  };
  const shape = { kind: "inline", fn, captures: { ...captures } } as const;
  return withShape(call, shape, fn.name) as unknown as Shaped<F>;
}
