import { testExecutor } from "@concurrent-futures/testkit";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import { describe, test } from "@jest/globals";
import { threadPool } from "./claims.js";

/** A task that ends on its abort may be slow to do so. */
const PATIENCE_MS = 60_000;

testExecutor({
  name: "ThreadPoolExecutor",
  create: (options) => new ThreadPoolExecutor({ abortGrace: PATIENCE_MS, ...options }),
  capabilities: threadPool,
  deadline: 60_000,
  describe,
  test,
});
