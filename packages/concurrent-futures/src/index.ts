/**
 * One import for users. It also makes a lazily started ThreadPoolExecutor the default executor of `runInExecutor`.
 */
import { setDefaultExecutor } from "@concurrent-futures/core";
import { defaultThreadPool } from "@concurrent-futures/thread-executor";

setDefaultExecutor(defaultThreadPool);

export * from "@concurrent-futures/core";
export * from "@concurrent-futures/multiprocessing";
export { ProcessPoolExecutor, type ProcessPoolOptions } from "@concurrent-futures/process-executor";
export * from "@concurrent-futures/shared";
export { ThreadPoolExecutor, type ThreadPoolOptions, toThread } from "@concurrent-futures/thread-executor";
export type { PoolStats, WorkerPoolOptions } from "@concurrent-futures/worker-pool";
