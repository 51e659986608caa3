/** Saying explicitly where a function is found. */
import { moduleUrl } from "./module-task.js";
import { show } from "./show.js";
import type { AnyFunction } from "./task-reference.js";
import { type Shaped, withShape } from "./task-shape.js";

/**
 * Declares that `fn` is what the module at `url` exports as `name`, so that nothing needs to be looked for:
 *
 *     export const square = task(import.meta.url, "square", (x: number) => x * x);
 *
 * Needed where functions cannot be found by looking: without Node's inspector, or when another function made it.
 *
 * @returns a function that does what `fn` does
 * @throws {TypeError} an argument is of the wrong kind
 */
export function task<F extends AnyFunction>(url: string | URL, name: string, fn: F): Shaped<F> {
  const module = moduleUrl(url);
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`Expected \`name\` to be the name of an export, got ${show(name)}`);
  }
  if (typeof fn !== "function") throw new TypeError(`Expected \`fn\` to be a function, got ${show(fn)}`);
  const call = function (this: unknown, ...args: unknown[]): unknown {
    return Reflect.apply(fn, this, args);
  };
  return withShape(call, { kind: "module", url: module, name }, name) as unknown as Shaped<F>;
}
