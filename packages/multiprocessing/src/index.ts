export { AsyncResult, type Callbacks, type ResultOptions } from "./async-result.js";
export { activeChildren } from "./children.js";
export { cpuCount } from "./cpu-count.js";
export { type CurrentProcess, currentProcess, type ParentProcess, parentProcess } from "./current-process.js";
export { type Arguments, type ChunkOptions, Pool } from "./pool.js";
export type { PoolOptions } from "./pool-options.js";
export { type JoinOptions, Process } from "./process.js";
export type { ProcessOptions, ProcessSettings } from "./process-options.js";
