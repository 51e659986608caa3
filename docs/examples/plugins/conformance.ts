/** The contract, asked of the smallest executor. Run it with `node`, or `node --test`. */
import { describe, test } from "node:test";
import { testExecutor } from "@concurrent-futures/testkit";
import { SmallestExecutor } from "./smallest-executor.js";

testExecutor({
  name: "SmallestExecutor",
  create: () => new SmallestExecutor(),
  capabilities: ["cancelRunning", "taskContext", "progress", "references", "sharedMemory", "errorDetails"],
  describe,
  test,
});
