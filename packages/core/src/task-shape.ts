/** Making and reading tasks that are more than a plain function. */
import { type AnyFunction, type AnyTask, type TaskShape, taskShape } from "./task-reference.js";

/** A function that says what it is made of. */
export type Shaped<F> = F & { readonly [taskShape]: TaskShape };

/** Gives `fn`, which must be made for this, a shape and a name. */
export function withShape<F extends AnyFunction>(fn: F, shape: TaskShape, name: string): Shaped<F> {
  Object.defineProperty(fn, "name", { value: name, configurable: true });
  Object.defineProperty(fn, taskShape, { value: Object.freeze(shape) });
  return fn as Shaped<F>;
}

/** What a task is made of; undefined for a plain function. */
export function shapeOf(task: AnyTask): TaskShape | undefined {
  return (task as Partial<Shaped<AnyFunction>>)[taskShape];
}

/** Whether `value` can be submitted. */
export function isTask(value: unknown): value is AnyTask {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  const reference = value as Partial<{ [taskShape]: unknown; load: unknown }>;
  return reference[taskShape] !== undefined && typeof reference.load === "function";
}

/** What errors, diagnostics and `taskContext().name` call a task that was given no name. */
export function taskName(task: AnyTask): string {
  const shape = shapeOf(task);
  if (shape?.kind === "partial" || shape?.kind === "chunk") return taskName(shape.task);
  if (shape?.kind === "module") return shape.name;
  const fn = shape?.kind === "inline" ? shape.fn : task;
  return (typeof fn === "function" && fn.name) || "anonymous";
}
