import { testExecutor } from "@concurrent-futures/testkit";
import { ThreadsExecutor } from "@concurrent-futures/threads-executor";
import { describe, test } from "@jest/globals";
import { Worker } from "threads";

const start = () => new Worker("./fixtures/testkit-worker.js");

testExecutor({
  name: "ThreadsExecutor",
  create: (options) => new ThreadsExecutor(start, options),
  capabilities: ["maxWorkers", "killRunning", "priority", "references", "sharedMemory", "transfer", "workers"],
  deadline: 60_000,
  describe,
  test,
});
