/** What our own executors claim to be able to do. */
import type { Capability } from "@concurrent-futures/testkit";

const ofAll: readonly Capability[] = [
  "maxWorkers",
  "cancelRunning",
  "taskContext",
  "progress",
  "priority",
  "references",
  "serialization",
  "errorDetails",
];

const pool: readonly Capability[] = [
  ...ofAll,
  "killRunning",
  "keys",
  "sourceTasks",
  "copies",
  "workers",
  "crashes",
  "strayErrors",
  "breakOnCrash",
  "initializer",
  "finalizer",
  "maxTasksPerWorker",
  "idleTimeout",
  "tasksPerWorker",
  "maxQueue",
  "ready",
  "stats",
  "terminate",
];

export const eventLoop: readonly Capability[] = [...ofAll, "sharedMemory", "deadlockDetection"];
export const threadPool: readonly Capability[] = [...pool, "sharedMemory", "transfer"];
export const processPool: readonly Capability[] = [...pool, "processes"];
