export { onAbort } from "./abort.js";
export { type AsCompletedOptions, asCompleted } from "./as-completed.js";
export { BaseExecutor } from "./base-executor.js";
export { type ChunkFunction, type ChunkResult, runChunk } from "./chunk.js";
export { runInExecutor, setDefaultExecutor } from "./default-executor.js";
export {
  BrokenExecutorError,
  BrokenProcessPoolError,
  BrokenThreadPoolError,
  CancelledError,
  DeadlockError,
  ExecutorError,
  ExecutorShutdownError,
  errorMark,
  InvalidStateError,
  NoDefaultExecutorError,
  QueueFullError,
  SerializationError,
  TaskReferenceError,
  TimeoutError,
  type WorkerCrash,
  WorkerCrashedError,
} from "./errors.js";
export { EventLoopExecutor, type EventLoopExecutorOptions } from "./event-loop-executor.js";
export type {
  BoundExecutor,
  Call,
  Executor,
  MapOptions,
  MapResults,
  ShutdownOptions,
  Task,
  TaskOptions,
  Transferable,
} from "./executor.js";
export { type DoneCallback, Future } from "./future.js";
export type { FutureController } from "./future-controller.js";
export { type ImportedTasks, importTasks } from "./import-tasks.js";
export { type InlineOptions, inline } from "./inline.js";
export { isMain, workerMark } from "./is-main.js";
export { partial } from "./partial.js";
export { builtinsKey } from "./platform.js";
export { deserialize, type Serializable, type SerializableClass, serialize } from "./serialization.js";
export { task } from "./task.js";
export { becomeTask, runInTaskContext, type TaskContext, taskContext } from "./task-context.js";
export { type AnyFunction, type AnyTask, type TaskReference, type TaskShape, taskShape } from "./task-reference.js";
export { type Shaped, shapeOf, taskName } from "./task-shape.js";
export type { WaitOptions } from "./until-done.js";
export {
  ALL_COMPLETED,
  FIRST_COMPLETED,
  FIRST_EXCEPTION,
  type ReturnWhen,
  type WaitAllOptions,
  type WaitResult,
  wait,
} from "./wait.js";
