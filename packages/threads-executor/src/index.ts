export type { ExposedTasks } from "./tasks.js";
export { ThreadsExecutor, type ThreadsExecutorOptions } from "./threads-executor.js";
