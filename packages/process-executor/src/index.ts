export type { WorkerOutput, WorkerPoolOptions } from "@concurrent-futures/worker-pool";
export type { ProcessPermission } from "./permission.js";
export type { ProcessPoolOptions } from "./process-options.js";
export { ProcessPoolExecutor } from "./process-pool-executor.js";
