/** Where koffi is not to be had: `--no-addons` is one way to get there. */
import { describe, expect, test } from "@jest/globals";
import { NODES, run, start } from "./fixtures/run-program.js";

test("a process that may not load addons says what it takes; one that may can share", async () => {
  const { exitCode, stdout, stderr } = await start("permission.js").ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "[true,false,0,false]\n" });
  expect(stderr).not.toContain("Error");
});

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
