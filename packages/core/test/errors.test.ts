import {
  BrokenExecutorError,
  BrokenProcessPoolError,
  BrokenThreadPoolError,
  CancelledError,
  DeadlockError,
  deserialize,
  ExecutorError,
  ExecutorShutdownError,
  InvalidStateError,
  NoDefaultExecutorError,
  QueueFullError,
  SerializationError,
  serialize,
  TaskReferenceError,
  TimeoutError,
  taskShape,
  WorkerCrashedError,
  workerMark,
} from "@concurrent-futures/core";
import { expect, test } from "@jest/globals";

const plain = [
  [ExecutorError, "ExecutorError", "ERR_EXECUTOR"],
  [CancelledError, "CancelledError", "ERR_CANCELLED"],
  [TimeoutError, "TimeoutError", "ERR_TIMEOUT"],
  [InvalidStateError, "InvalidStateError", "ERR_INVALID_STATE"],
  [ExecutorShutdownError, "ExecutorShutdownError", "ERR_EXECUTOR_SHUTDOWN"],
  [QueueFullError, "QueueFullError", "ERR_QUEUE_FULL"],
  [BrokenExecutorError, "BrokenExecutorError", "ERR_BROKEN_EXECUTOR"],
  [BrokenThreadPoolError, "BrokenThreadPoolError", "ERR_BROKEN_THREAD_POOL"],
  [BrokenProcessPoolError, "BrokenProcessPoolError", "ERR_BROKEN_PROCESS_POOL"],
  [TaskReferenceError, "TaskReferenceError", "ERR_TASK_REFERENCE"],
  [NoDefaultExecutorError, "NoDefaultExecutorError", "ERR_NO_DEFAULT_EXECUTOR"],
  [DeadlockError, "DeadlockError", "ERR_DEADLOCK"],
] as const;

test.each(plain)("%p has its name, code, message and cause", (type, name, code) => {
  const cause = new Error("cause");
  const error = new type("message", { cause });
  expect(error).toBeInstanceOf(ExecutorError);
  expect(error).toBeInstanceOf(Error);
  expect({ name: error.name, code: error.code, message: error.message, cause: error.cause }).toEqual({
    name,
    code,
    message: "message",
    cause,
  });
  expect(error.stack).toMatch(/message/);
});

test("the Broken errors and WorkerCrashedError are BrokenExecutorErrors", () => {
  for (const type of [BrokenThreadPoolError, BrokenProcessPoolError]) {
    expect(new type("x")).toBeInstanceOf(BrokenExecutorError);
  }
  const crash = new WorkerCrashedError("x", { exitCode: 3, signal: "SIGKILL", stderr: "last line" });
  expect(crash).toBeInstanceOf(BrokenExecutorError);
  expect(crash).toMatchObject({ code: "ERR_WORKER_CRASHED", exitCode: 3, signal: "SIGKILL", stderr: "last line" });
  expect(new WorkerCrashedError("x")).toMatchObject({ exitCode: undefined, signal: undefined, stderr: "" });
});

test("SerializationError says which side and where", () => {
  const error = new SerializationError("x", { side: "argument", path: "args[0].f" });
  expect(error).toMatchObject({
    code: "ERR_SERIALIZATION",
    name: "SerializationError",
    side: "argument",
    path: "args[0].f",
  });
});

test("instanceof knows the errors of another copy of the package, and a program's own classes as always", async () => {
  const entry = import.meta.resolve("@concurrent-futures/core/errors");
  const other = (await import(`${entry}?copy`)) as typeof import("@concurrent-futures/core/errors");
  expect(other.TimeoutError).not.toBe(TimeoutError);
  class SlowError extends TimeoutError {}
  const late = new other.TimeoutError("late");
  expect(late).toBeInstanceOf(TimeoutError);
  expect(late).toBeInstanceOf(ExecutorError);
  expect(late).not.toBeInstanceOf(CancelledError);
  expect(late).not.toBeInstanceOf(SlowError);
  expect(new SlowError("late")).toBeInstanceOf(other.TimeoutError);
  expect(new SlowError("late")).toBeInstanceOf(SlowError);
  expect(new other.WorkerCrashedError("x")).toBeInstanceOf(BrokenExecutorError);
  for (const value of [undefined, null, "late", {}, new Error("late"), { name: "TimeoutError", code: "ERR_TIMEOUT" }]) {
    expect(value instanceof TimeoutError).toBe(false);
  }
});

test("the symbols are registered ones, the same for every copy of the package", () => {
  expect(serialize).toBe(Symbol.for("concurrent-futures.serialize"));
  expect(deserialize).toBe(Symbol.for("concurrent-futures.deserialize"));
  expect(workerMark).toBe(Symbol.for("concurrent-futures.worker"));
  expect(taskShape).toBe(Symbol.for("concurrent-futures.taskShape"));
});
