/** References to the functions of a module that is never loaded here. */
import { loadFromModule, moduleUrl } from "./module-task.js";
import { type AnyFunction, type TaskReference, taskShape } from "./task-reference.js";

/** A reference for each function that a module exports. */
export type ImportedTasks<M> = {
  readonly [K in keyof M as M[K] extends AnyFunction ? K : never]: M[K] extends (...args: infer A) => infer R
    ? TaskReference<A, R>
    : never;
};

/**
 * Typed references to the functions of a module that only workers load:
 *
 *     const tasks = importTasks<typeof import("./tasks.js")>(new URL("./tasks.js", import.meta.url));
 *     await pool.submit(tasks.square, 4);
 *
 * @param url the module's absolute URL
 * @returns an object with a reference under every name, `default` included. Whether the module has such an export
 *   shows when the reference is loaded: a missing or non-function one rejects with `TaskReferenceError`.
 * @throws {TypeError} `url` is not an absolute URL
 */
export function importTasks<M>(url: string | URL): ImportedTasks<M> {
  const module = moduleUrl(url);
  const references = new Map<string, TaskReference<never[], unknown>>();
  const get = (_: object, name: string | symbol): unknown => {
    // A thenable would be taken apart by the first `await` or Promise that meets it.
    if (typeof name === "symbol" || name === "then") return undefined;
    let reference = references.get(name);
    if (reference === undefined) {
      reference = makeReference(module, name);
      references.set(name, reference);
    }
    return reference;
  };
  return new Proxy(Object.freeze(Object.create(null)), { get }) as ImportedTasks<M>;
}

function makeReference(url: string, name: string): TaskReference<never[], unknown> {
  return Object.freeze({
    [taskShape]: Object.freeze({ kind: "module", url, name } as const),
    load: () => loadFromModule(url, name),
  });
}
