/** Options that somebody who reads the contract may get wrong. */
import { expect, test } from "@jest/globals";
import { ThreadPoolExecutor } from "concurrent-futures";

test.each([
  [null, "Expected the options to be an object, got null"],
  [5, "Expected the options to be an object, got 5"],
  [{ resourceLimits: 5 }, "Expected `resourceLimits` to be an object, got 5"],
  [
    { resourceLimits: { maxOldGenerationSizeMb: "64" } },
    "Expected `resourceLimits.maxOldGenerationSizeMb` to be a number, got '64'",
  ],
])("ThreadPoolExecutor refuses the options %j", (options, message) => {
  expect(() => new ThreadPoolExecutor(options as never)).toThrow(new TypeError(message));
});
