export * from "./errors.js";
export type {
  BoundExecutor,
  Call,
  Executor,
  MapOptions,
  MapResults,
  ShutdownOptions,
  Task,
  TaskOptions,
} from "./executor.js";
export { type DoneCallback, Future } from "./future.js";
export type { FutureController } from "./future-controller.js";
export { type AnyFunction, type AnyTask, type TaskReference, type TaskShape, taskShape } from "./task-reference.js";
export type { WaitOptions } from "./until-done.js";
