export { type AnyClass, declareClass, describeClass, findClass, loadClass } from "./classes.js";
export { describeTask } from "./describe-task.js";
export type { ClassDescriptor, SourceOrigin, TaskDescriptor } from "./descriptor.js";
export { functionLabel } from "./function-label.js";
export { isImporting } from "./load-module.js";
export { loadTask } from "./load-task.js";
