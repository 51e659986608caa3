/** Memory that goes to workers and comes from them, also when they are killed: nothing of it is left. See memory.test.ts. */
import { describe, expect, test } from "@jest/globals";
import { loadLibc } from "../dist/memory/index.js";
import type { Census } from "./fixtures/census.js";
import { NODES, run } from "./fixtures/run-program.js";

const describeShared = loadLibc() === undefined ? describe.skip : describe;
const flags = ["--expose-gc"];

describeShared.each(NODES)("with %s", (node) => {
  test.each(["thread", "process"])(
    "a %s that is killed leaves nothing of it in its parent",
    async (kind) => {
      const seen = (await run("killed-workers.js", { args: [kind], flags, node })) as Census[];
      const [, second, , last] = seen as [Census, Census, Census, Census];
      // Nothing in each round. One thread in thousands is ended between its open() and close() of a file of /proc.
      expect(last.descriptors - second.descriptors).toBeLessThan(2);
      expect(last.mappings - second.mappings).toBeLessThan(2);
    },
    180_000,
  );

  test.each(["thread", "process"])(
    "what goes to a %s and back is given up on both sides",
    async (kind) => {
      const seen = (await run("sends.js", { args: [kind], flags, node })) as Census[];
      for (const { descriptors, mappings } of seen) {
        expect(mappings).toBeLessThan(10);
        expect(descriptors).toBeLessThan(60);
      }
    },
    180_000,
  );
});
