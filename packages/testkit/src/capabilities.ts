/**
 * What not every executor can do. A clause that needs something which an executor does not claim is skipped, and its
 * title says so.
 */

/** Each optional part, and what an executor promises that claims it. */
export const capabilities = {
  maxWorkers: "create() takes `maxWorkers`: so many calls run at once, and the others wait",
  cancelRunning: "an abort reaches the running task, as `taskContext().signal`",
  killRunning: "a task that ignores its abort is stopped by force, after the option `abortGrace`",
  taskContext: "`taskContext()` tells a task its `name` and `workerId`",
  progress: "`taskContext().progress(value)` reaches the future's progress callbacks",
  priority: "the task option `priority` orders the calls that wait",
  keys: "calls with the same task option `key` run on the same worker, in order",
  references: "references made by `importTasks` can be submitted",
  sourceTasks: "functions that no module exports travel by their source",
  copies: "arguments and results are copied; what cannot be copied is a SerializationError",
  sharedMemory: "a SharedArrayBuffer among the arguments is the same memory in the task",
  transfer: "the task option `transfer` hands objects over instead of copying them",
  serialization: "instances that have `[serialize]` arrive as instances of their class",
  errorDetails: "errors keep their class, code, own fields, cause and stack",
  workers: "calls run in workers, so that one that blocks does not block the caller",
  processes: "the workers are processes of this machine",
  crashes: "a worker that dies is replaced, and what it ran rejects with WorkerCrashedError or follows `retries`",
  strayErrors: "an error that nobody caught in a worker rejects the call that it came from",
  breakOnCrash: "the option `onWorkerCrash: 'break'` breaks the executor when a worker dies",
  initializer: "the options `initializer` and `initArgs` set up each worker",
  finalizer: "the option `finalizer` runs in each worker that leaves",
  maxTasksPerWorker: "the option `maxTasksPerWorker` replaces workers",
  idleTimeout: "the option `idleTimeout` lets idle workers go, down to `minWorkers`",
  tasksPerWorker: "the option `tasksPerWorker` runs several async tasks at once on one worker",
  maxQueue: "the option `maxQueue` bounds the calls that wait, and `drained()` tells when there is room",
  ready: "`ready()` starts all workers",
  stats: "`stats()` counts workers and calls",
  terminate: "`terminateWorkers()` and `killWorkers()` end everything by force",
  deadlockDetection: "a task that waits for its own full executor is refused with DeadlockError",
} as const;

/** The name of an optional part. */
export type Capability = keyof typeof capabilities;

/**
 * Checks that every name is one: a misspelt one would skip clauses that nobody meant to skip.
 *
 * @throws {RangeError} naming the wrong one and those that there are
 */
export function checkCapabilities(names: Iterable<Capability>): ReadonlySet<Capability> {
  const claimed = new Set(names);
  for (const name of claimed) {
    if (Object.hasOwn(capabilities, name)) continue;
    const known = Object.keys(capabilities).join(", ");
    throw new RangeError(`Expected \`capabilities\` to be among ${known}; got ${String(name)}`);
  }
  return claimed;
}
