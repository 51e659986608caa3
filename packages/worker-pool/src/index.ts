import "./builtins.js";

export {
  importTasks,
  inline,
  type TaskContext,
  task,
  taskContext,
} from "@concurrent-futures/core";
export { type DecodeContext, decode, decodeAsync, type Encoded, Encoder, PendingClasses } from "./codec/index.js";
export { workerExecArgv, workerNodeOptions } from "./exec-argv.js";
export { type DurationStats, Histogram } from "./histogram.js";
export type { PoolStats } from "./ledger.js";
export { MEMORY_BYTES } from "./memory.js";
export { checkNesting, importContext, nestingDepth, setNestingDepth } from "./nesting.js";
export type { WorkerPoolOptions } from "./options.js";
export {
  type AnyClass,
  declareClass,
  describeClass,
  describeTask,
  loadClass,
  loadTask,
  type TaskDescriptor,
} from "./references/index.js";
export { runWorker } from "./runtime/runtime.js";
export type { BrokenError } from "./scheduler.js";
export { type SubmitSite, SubmitSites, withSite } from "./submit-site.js";
export { endThread, hasThreadEnded, inAddon, noteThreadEnd, noteThreadStart } from "./thread-lives.js";
export type {
  ConnectionHandlers,
  Port,
  PortHandlers,
  WorkerConnection,
  WorkerExit,
  WorkerStart,
  WorkerTransport,
} from "./transport.js";
export {
  requireCount,
  requireDuration,
  requireEnvironment,
  requireOneOf,
  requireStrings,
  requireTask,
} from "./validate.js";
export { bundleOf, missingEntry } from "./worker-entry.js";
export { forwardOutput, OutputTail, requireOutput, type WorkerOutput } from "./worker-output.js";
export { WorkerPoolExecutor } from "./worker-pool-executor.js";
