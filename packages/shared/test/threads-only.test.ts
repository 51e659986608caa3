/** Where koffi is not to be had: `--no-addons` is one way to get there. */
import { describe, expect, test } from "@jest/globals";
import { NODES, run } from "./fixtures/run-program.js";

describe.each(NODES)("with %s", (node) => {
  test("threads share everything, holders that are terminated included; processes are told why they cannot", async () => {
    const done = await run("threads-only.js", { flags: ["--no-addons"], node });
    expect(done).toEqual(["count", "travel", "die", "tell"]);
  });

  test("programs with locks end by themselves", async () => {
    const seen = await run("ends.js", { flags: ["--no-addons"], node });
    expect(seen).toMatchObject({ late: "ERR_TIMEOUT", aborted: "AbortError", resources: [] });
  });
});
