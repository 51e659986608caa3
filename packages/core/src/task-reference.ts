/**
 * References to functions, for where the function itself is not at hand or cannot be found by looking.
 *
 * A reference carries its shape under a registered symbol, so that two copies of this package understand each other.
 */

/** The registered symbol under which a task says what it is made of. */
export const taskShape: unique symbol = Symbol.for("concurrent-futures.taskShape") as never;

/** What a task that is not a plain function is made of. */
export type TaskShape =
  /** An export of a module; `name` is an export's name, or `Class.method` for a static method. */
  | { readonly kind: "module"; readonly url: string; readonly name: string }
  /** A function whose source is sent along with the values it uses. */
  | { readonly kind: "inline"; readonly fn: AnyFunction; readonly captures: Readonly<Record<string, unknown>> }
  /** A function with leading arguments bound. */
  | { readonly kind: "partial"; readonly task: AnyTask; readonly args: readonly unknown[] }
  /** A task over many items, made by `map`. */
  | { readonly kind: "chunk"; readonly task: AnyTask };

/** Any function. */
// biome-ignore lint/suspicious/noExplicitAny: a task's own types are checked where it is submitted
export type AnyFunction = (...args: any[]) => unknown;
/** Anything that can be submitted. */
export type AnyTask = AnyFunction | TaskReference<readonly never[], unknown>;

/** A function known by where it is found, not by itself. Submit it like a function. */
export interface TaskReference<A extends readonly unknown[], R> {
  readonly [taskShape]: TaskShape;
  /** Loads the function here, as a worker would. */
  load(): Promise<(...args: A) => R>;
}
