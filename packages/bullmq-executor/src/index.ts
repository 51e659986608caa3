export type { DurationStats } from "@concurrent-futures/worker-pool";
export { BullMQExecutor, type BullMQStats } from "./bullmq-executor.js";
export { BullMQWorker, type BullMQWorkerOptions } from "./bullmq-worker.js";
export { JobLostError, JobRefusedError } from "./errors.js";
export type { SigningKey } from "./keyring.js";
export type { BullMQExecutorOptions, SharedOptions } from "./options.js";
export type { RedisAddress } from "./redis.js";
export type { TaskModules } from "./registry.js";
