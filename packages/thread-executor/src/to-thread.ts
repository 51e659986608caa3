/**
 * toThread: one call in another thread, without a pool of one's own.
 */
import type { Future, Task } from "@concurrent-futures/core";
import { ThreadPoolExecutor } from "./thread-pool-executor.js";

let pool: ThreadPoolExecutor | undefined;

/** The thread pool that `toThread` uses, started when first asked for. */
export function defaultThreadPool(): ThreadPoolExecutor {
  pool ??= new ThreadPoolExecutor();
  return pool;
}

/**
 * Runs `fn(...args)` in a thread of the default pool.
 *
 * Semantics: asyncio.to_thread, Python 3.14. The task sees the caller's arguments, not its async context.
 */
export function toThread<A extends readonly unknown[], R>(fn: Task<A, R>, ...args: A): Future<Awaited<R>> {
  return defaultThreadPool().submit(fn, ...args);
}
