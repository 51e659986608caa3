import { testExecutor } from "@concurrent-futures/testkit";
import { describe, test } from "@jest/globals";
import { CommandExecutor } from "../../dist/plugins/command-executor/command-executor.js";
import { capabilities } from "./capabilities.js";
import { byNode } from "./commands.js";

testExecutor({
  name: "CommandExecutor over node",
  create: (options) => new CommandExecutor({ command: byNode, abortGrace: 60_000, ...options }),
  capabilities: [...capabilities, "processes"],
  deadline: 60_000,
  describe,
  test,
});
