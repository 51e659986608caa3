import { ProcessPoolExecutor } from "@concurrent-futures/process-executor";
import { testExecutor } from "@concurrent-futures/testkit";
import { describe, test } from "@jest/globals";
import { processPool } from "./claims.js";

testExecutor({
  name: "ProcessPoolExecutor",
  create: (options) => new ProcessPoolExecutor(options),
  capabilities: processPool,
  deadline: 60_000,
  describe,
  test,
});
