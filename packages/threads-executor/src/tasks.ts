/** Typed references to the functions that a worker exposes, and the names of submitted tasks. */
import {
  type AnyFunction,
  type AnyTask,
  shapeOf,
  type TaskReference,
  TaskReferenceError,
  taskShape,
} from "@concurrent-futures/core";

/** What a call gives: the last value of an observable, else what the function returns. */
export type Outcome<R> = R extends { subscribe(onNext: (value: infer V) => never): unknown } ? V : R;

/** A reference for each function that a worker exposes. */
export type ExposedTasks<M> = {
  readonly [K in keyof M as M[K] extends AnyFunction ? K : never]: M[K] extends (...args: infer A) => infer R
    ? TaskReference<A, Outcome<R>>
    : never;
};

/** References by name, made when they are first asked for. Whether the worker exposes them shows when they run. */
export function exposedTasks<M>(): ExposedTasks<M> {
  const references = new Map<string, TaskReference<never[], unknown>>();
  const get = (_: object, name: string | symbol): unknown => {
    // A thenable would be taken apart by the first `await` that meets it.
    if (typeof name === "symbol" || name === "then") return undefined;
    const reference = references.get(name) ?? makeReference(name);
    references.set(name, reference);
    return reference;
  };
  return new Proxy(Object.freeze(Object.create(null)), { get }) as ExposedTasks<M>;
}

function makeReference(name: string): TaskReference<never[], unknown> {
  return Object.freeze({
    [taskShape]: Object.freeze({ kind: "module", url: "threads:", name } as const),
    load: () => Promise.reject(new TaskReferenceError(`\`${name}\` is exposed by a worker, and runs only there`)),
  });
}

/**
 * The name under which a worker exposes a task.
 *
 * @throws {TaskReferenceError} it can have none
 */
export function exposedName(task: AnyTask): string {
  const shape = shapeOf(task);
  if (shape?.kind === "module") return shape.name;
  if (shape === undefined && typeof task === "function" && task.name !== "") return task.name;
  throw new TaskReferenceError(
    "The workers of a ThreadsExecutor run only what they expose: submit one of its `tasks`, or a function of that name",
  );
}

/**
 * The exposed function of that name; a worker that exposes one function has only that.
 *
 * @throws {TaskReferenceError} there is none
 */
export function exposedFunction(thread: object, name: string): AnyFunction {
  if (typeof thread === "function") return thread as AnyFunction;
  const fn: unknown = Object.hasOwn(thread, name) ? (thread as Record<string, unknown>)[name] : undefined;
  if (typeof fn === "function") return fn as AnyFunction;
  const names = Object.keys(thread).join(", ");
  throw new TaskReferenceError(`The worker exposes no function \`${name}\`; it exposes ${names}`);
}
