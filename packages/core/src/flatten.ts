/** Taking a task apart into what runs and what is bound. */
import { show } from "./show.js";
import type { AnyTask } from "./task-reference.js";
import { isTask, shapeOf } from "./task-shape.js";

/** A task without partials around it, and the arguments that they bound. */
export interface FlatTask {
  readonly task: AnyTask;
  readonly bound: readonly unknown[];
}

/**
 * Takes partials apart, so that what they bind travels as arguments do.
 *
 * @throws {TypeError} `fn` cannot be submitted
 */
export function flatten(fn: unknown): FlatTask {
  if (!isTask(fn)) throw new TypeError(`Expected \`fn\` to be a function or a task reference, got ${show(fn)}`);
  let task = fn;
  let bound: readonly unknown[] = [];
  for (let shape = shapeOf(task); shape?.kind === "partial"; shape = shapeOf(task)) {
    bound = [...shape.args, ...bound];
    task = shape.task;
  }
  return { task, bound };
}
