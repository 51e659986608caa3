/** What a live pool keeps of calls: as little as it can while they wait, and nothing when they are over. */
import { describe, expect, test } from "@jest/globals";
import { runProgram } from "./programs.js";

/** For a test; a busy machine takes a while for a million calls. */
const LIMIT_MS = 240_000;

async function weigh(what: string, kind: string, count = 0): Promise<Record<string, number>> {
  const options = { flags: ["--expose-gc"], timeoutMs: LIMIT_MS - 10_000 };
  const { code, stdout, stderr } = await runProgram("kept", [what, kind, String(count)], options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

describe.each(["thread", "process"])("a live %s pool", (kind) => {
  test(
    "keeps neither arguments nor functions, futures, results or errors of calls that are over",
    async () => {
      expect(await weigh("finished", kind)).toEqual({ arguments: 0, functions: 0, futures: 0, outcomes: 0 });
    },
    LIMIT_MS,
  );

  test(
    "takes at most 400 bytes for each of 1,000,000 calls that wait, and releases them when they have run",
    async () => {
      const count = 1_000_000;
      const { queued, bytesEach, leftEach, completed } = await weigh("queued", kind, count);
      expect(queued).toBe(count + 1);
      expect(completed).toBe(20_000 + 1 + count + 2);
      expect(bytesEach).toBeGreaterThan(0);
      expect(bytesEach).toBeLessThanOrEqual(400);
      expect(leftEach).toBeLessThan(4);
    },
    LIMIT_MS,
  );

  test(
    "keeps nothing of 10,000 fresh functions with one source",
    async () => {
      const { parentEach, workerEach } = await weigh("closures", kind, 10_000);
      expect(parentEach).toBeLessThan(150); // what the program itself needs, spread over them
      expect(workerEach).toBeLessThan(150); // what the program itself needs, spread over them
    },
    LIMIT_MS,
  );

  test(
    "keeps none of the values that functions captured which are gone, and runs what was submitted of them",
    async () => {
      const { parentEach, workerEach, waited } = await weigh("captured", kind, 200);
      expect(waited).toBe(20);
      expect(parentEach).toBeLessThan(20_000); // of 100,000
      expect(workerEach).toBeLessThan(20_000);
    },
    LIMIT_MS,
  );
});
