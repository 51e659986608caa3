import { readFileSync } from "node:fs";
import { testExecutor } from "@concurrent-futures/testkit";
import { describe, expect, test } from "@jest/globals";
import { SmallestExecutor } from "../../dist/plugins/smallest-executor.js";

testExecutor({
  name: "SmallestExecutor",
  create: () => new SmallestExecutor(),
  capabilities: ["cancelRunning", "taskContext", "progress", "references", "sharedMemory", "errorDetails"],
  deadline: 60_000,
  describe,
  test,
});

test("it has less than 60 lines", () => {
  const source = readFileSync(new URL("../../examples/plugins/smallest-executor.ts", import.meta.url), "utf8");
  expect(source.split("\n").length).toBeLessThan(60);
});
