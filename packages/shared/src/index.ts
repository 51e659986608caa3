/**
 * What threads and processes share: memory, locks and queues.
 */
export { Barrier, type BarrierOptions } from "./barrier.js";
export { BoundedSemaphore } from "./bounded-semaphore.js";
export { Condition } from "./condition.js";
export type { ArrayOf, BigintType, ElementOf, ElementType, NumberType } from "./element-types.js";
export { BrokenBarrierError, NotHeldError } from "./errors.js";
export { Event } from "./event.js";
export type { Guard } from "./guard.js";
export { Lock } from "./lock.js";
export type { SyncWaitOptions, WaitOptions } from "./parking.js";
export { Queue, type QueueOptions } from "./queue/queue.js";
export { QueueEmptyError } from "./queue/queue-empty-error.js";
export { RLock } from "./rlock.js";
export { Semaphore } from "./semaphore.js";
export { SharedArray } from "./shared-array.js";
export { Value } from "./value.js";
