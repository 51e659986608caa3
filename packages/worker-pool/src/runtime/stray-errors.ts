/**
 * Errors that no task has caught: a rejection that nobody handles, a throw in a timer or an event listener. They never
 * end the worker.
 */
import { type TaskContext, taskContext } from "@concurrent-futures/core";

/** @param charge called with the error and the context of the task that it came from, where that is known */
export function catchStrayErrors(charge: (error: unknown, task: TaskContext) => void): void {
  process.on("uncaughtException", (error) => charge(error, taskContext()));
  process.on("unhandledRejection", (reason) => charge(reason, taskContext()));
}
