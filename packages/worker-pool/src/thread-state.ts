/**
 * State that every copy of this package in a thread shares. A worker has one copy in the single file that it starts
 * from (worker-entry.ts), and gets another when a task's module imports an executor.
 */

/** The thread's object of that name; `make` makes it when it is first asked for. */
export function threadState<T extends object>(name: string, make: () => T): T {
  const holder = globalThis as unknown as Record<symbol, T | undefined>;
  const key = Symbol.for(`concurrent-futures.worker-pool.${name}`);
  holder[key] ??= make();
  return holder[key];
}
