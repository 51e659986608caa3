/**
 * What core uses of Node where it is there. Nothing here is imported, so the same files load in a browser.
 */

interface NodeProcess {
  readonly argv?: readonly string[];
  emitWarning?(warning: string, options: { type: string; detail?: string }): void;
  /** Node >= 20.16; older ones go without what asks for it. */
  getBuiltinModule?(id: string): unknown;
}

/** Runs functions in the async context (AsyncLocalStorage) that it was made in. */
export interface AsyncContext {
  runInAsyncScope<A extends unknown[], R>(fn: (...args: A) => R, thisArg: undefined, ...args: A): R;
}

/** The part of Node's AsyncLocalStorage that core uses. */
export interface AsyncStore<T> {
  run<R>(value: T, fn: () => R): R;
  getStore(): T | undefined;
}

interface AsyncHooks {
  readonly AsyncResource: new (type: string, options: { requireManualDestroy: boolean }) => AsyncContext;
  readonly AsyncLocalStorage: new <T>() => AsyncStore<T>;
}

/** Node's `process`, or undefined elsewhere. */
export const nodeProcess = (globalThis as { process?: NodeProcess }).process;

/**
 * Where packages that may import from Node put a `getBuiltinModule` for Node 20.0 to 20.15, which have none:
 * `globalThis[builtinsKey] = createRequire(import.meta.url)`.
 */
export const builtinsKey = Symbol.for("concurrent-futures.getBuiltinModule");

/** A module of Node's own, or undefined where there is none to be had. */
export function builtinModule<M>(id: string): M | undefined {
  if (nodeProcess === undefined) return undefined;
  if (nodeProcess.getBuiltinModule) return nodeProcess.getBuiltinModule(id) as M | undefined;
  return (globalThis as { [builtinsKey]?: (id: string) => unknown })[builtinsKey]?.(id) as M | undefined;
}

let asyncHooks: AsyncHooks | undefined; // looked for until found: see builtinsKey
let FutureContext: AsyncHooks["AsyncResource"] | undefined; // as soon as there are hooks

function findAsyncHooks(): AsyncHooks | undefined {
  asyncHooks ??= builtinModule<AsyncHooks>("node:async_hooks");
  return asyncHooks;
}

function contextClass({ AsyncResource }: AsyncHooks): AsyncHooks["AsyncResource"] {
  return class extends AsyncResource {
    /** What Jest's `--detectOpenHandles` asks a resource that is never destroyed. */
    hasRef(): boolean {
      return false;
    }
  };
}

/** The caller's async context, to run callbacks in later. */
export function captureContext(): AsyncContext | undefined {
  // Without manual destroy every one would be tracked by the garbage collector, at ten times the cost.
  const hooks = asyncHooks ?? findAsyncHooks();
  if (hooks === undefined) return undefined;
  FutureContext ??= contextClass(hooks);
  return new FutureContext("ConcurrentFuture", { requireManualDestroy: true });
}

/** A value that follows the flow of async calls, where the platform can do that. */
export function createAsyncStore<T>(): AsyncStore<T> | undefined {
  const hooks = findAsyncHooks();
  return hooks && new hooks.AsyncLocalStorage<T>();
}
