import { EventLoopExecutor } from "@concurrent-futures/core";
import { testExecutor } from "@concurrent-futures/testkit";
import { describe, test } from "@jest/globals";
import { eventLoop } from "./claims.js";

testExecutor({
  name: "EventLoopExecutor",
  create: (options) => new EventLoopExecutor(options),
  capabilities: eventLoop,
  deadline: 60_000,
  describe,
  test,
});
