import { testExecutor } from "@concurrent-futures/testkit";
import { describe, test } from "@jest/globals";
import { SmallestExecutor } from "./smallest-executor.js";

testExecutor({ name: "SmallestExecutor", create: () => new SmallestExecutor(), deadline: 60_000, describe, test });
