/** The default executor, for those who just want something run. */
import { NoDefaultExecutorError } from "./errors.js";
import type { Executor, Task } from "./executor.js";
import { show } from "./show.js";

let chosen: Executor | (() => Executor) | undefined;

/**
 * Sets what `runInExecutor(null, ...)` uses.
 *
 * @param executor an executor, or a function that makes one when it is first needed; null or undefined for none
 * @throws {TypeError} it is something else
 *
 * Semantics: asyncio.loop.set_default_executor, Python 3.14.
 * Differs (D-25): any executor will do, and it may be made later.
 */
export function setDefaultExecutor(executor: Executor | (() => Executor) | null | undefined): void {
  if (executor !== null && executor !== undefined && typeof executor !== "function") checkExecutor(executor);
  chosen = executor ?? undefined;
}

/**
 * Runs `fn(...args)` on `executor`, or with `null` on the default one.
 *
 * @returns the result. Everything that can go wrong rejects, also what `submit` would throw
 * Rejects with `NoDefaultExecutorError` (ERR_NO_DEFAULT_EXECUTOR) if there is no default executor.
 *
 * Semantics: asyncio.loop.run_in_executor, Python 3.14.
 */
export async function runInExecutor<A extends readonly unknown[], R>(
  executor: Executor | null | undefined,
  fn: Task<A, R>,
  ...args: A
): Promise<Awaited<R>> {
  const runner = executor ?? getDefaultExecutor();
  if (!isExecutor(runner))
    throw new TypeError(`Expected \`executor\` to be an executor or null, got ${show(executor)}`);
  return runner.submit(fn, ...args);
}

function getDefaultExecutor(): Executor {
  if (typeof chosen === "function") {
    const made = chosen();
    checkExecutor(made);
    chosen = made;
  }
  if (chosen === undefined) throw new NoDefaultExecutorError();
  return chosen;
}

function isExecutor(value: unknown): boolean {
  return typeof (value as Partial<Executor> | null | undefined)?.submit === "function";
}

function checkExecutor(value: unknown): void {
  if (isExecutor(value)) return;
  throw new TypeError(`Expected \`executor\` to be an executor or a function that makes one, got ${show(value)}`);
}
