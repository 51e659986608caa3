import { ProcessPoolExecutor } from "@concurrent-futures/process-executor";
import { testExecutor } from "@concurrent-futures/testkit";
import { describe, test } from "@jest/globals";
import { processPool } from "./claims.js";

/** A task that ends on its abort may be slow to do so. */
const PATIENCE_MS = 60_000;

testExecutor({
  name: "ProcessPoolExecutor",
  create: (options) => new ProcessPoolExecutor({ abortGrace: PATIENCE_MS, ...options }),
  capabilities: processPool,
  deadline: 60_000,
  describe,
  test,
});
