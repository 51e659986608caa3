/** Binding leading arguments. */

import { show } from "./show.js";
import type { AnyFunction, AnyTask, TaskReference } from "./task-reference.js";
import { isTask, type Shaped, taskName, withShape } from "./task-shape.js";

/**
 * Binds leading arguments to a function or a task reference. The result can be called, and submitted like a function;
 * what it binds travels as arguments do.
 *
 * @throws {TypeError} `fn` is neither a function nor a task reference
 *
 * Semantics: functools.partial, Python 3.14; JavaScript has no keyword arguments to bind.
 */
export function partial<B extends readonly unknown[], A extends readonly unknown[], R>(
  fn: (...args: [...B, ...A]) => R,
  ...bound: B
): Shaped<(...args: A) => R>;
export function partial<B extends readonly unknown[], A extends readonly unknown[], R>(
  fn: TaskReference<[...B, ...A], R>,
  ...bound: B
): Shaped<(...args: A) => Promise<Awaited<R>>>;
export function partial(fn: AnyTask, ...bound: readonly unknown[]): Shaped<AnyFunction> {
  if (!isTask(fn)) throw new TypeError(`Expected \`fn\` to be a function or a task reference, got ${show(fn)}`);
  const call: AnyFunction =
    typeof fn === "function"
      ? (...args) => fn(...bound, ...args)
      : async (...args) => ((await fn.load()) as AnyFunction)(...bound, ...args);
  return withShape(call, { kind: "partial", task: fn, args: bound }, `partial ${taskName(fn)}`);
}
