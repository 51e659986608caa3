/** Loading an addon, and making a view, in a thread that is being terminated would end the whole process. */
import { describe, expect, test } from "@jest/globals";
import { NODES, start } from "./fixtures/run-program.js";

const PEACE = { exitCode: 0, signal: null, stdout: "", stderr: "" };

describe.each(NODES)("%s", (node) => {
  test("threads are terminated at any moment in which they receive shared memory, and nobody else ends", async () => {
    const program = start("terminated-threads.js", { node, args: ["kill", 25] });
    expect(await program.ended).toEqual(PEACE);
  });

  test("a program exits while its threads receive shared memory", async () => {
    for (let ms = 0; ms < 12; ms += 1.5) {
      expect(await start("terminated-threads.js", { node, args: ["exit", ms] }).ended).toEqual(PEACE);
    }
  });
});
