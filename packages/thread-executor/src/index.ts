export type { WorkerOutput, WorkerPoolOptions } from "@concurrent-futures/worker-pool";
export { ThreadPoolExecutor, type ThreadPoolOptions } from "./thread-pool-executor.js";
export { defaultThreadPool, toThread } from "./to-thread.js";
