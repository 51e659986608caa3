import { testExecutor } from "@concurrent-futures/testkit";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import { describe, test } from "@jest/globals";
import { threadPool } from "./claims.js";

testExecutor({
  name: "ThreadPoolExecutor",
  create: (options) => new ThreadPoolExecutor(options),
  capabilities: threadPool,
  deadline: 60_000,
  describe,
  test,
});
