/**
 * Random pools under random sequences of submit, map, cancel, abort, crash, kill, recycle and shutdown: see
 * ../fixtures/faults/fuzz/. A failure prints seed and path; repeat it with
 *   node dist-test/fixtures/faults/fuzz/main.js thread --seed=... --path=...
 * FUZZ_RUNS=2000 makes it that many runs for each kind of pool, whatever time they take.
 */
import { describe, expect, test } from "@jest/globals";
import { runProgram } from "./programs.js";

const { FUZZ_RUNS } = process.env;
const SECONDS = 12;

describe.each(["thread", "process"])("a fuzzed %s pool", (kind) => {
  test(
    "settles every call once, runs none twice, loses none, and leaves nothing behind",
    async () => {
      const limits = FUZZ_RUNS === undefined ? ["--runs", "1000", "--seconds", `${SECONDS}`] : ["--runs", FUZZ_RUNS];
      const timeoutMs = FUZZ_RUNS === undefined ? 200_000 : 2 ** 31 - 1;
      const { code, stdout, stderr } = await runProgram("fuzz/main", [kind, ...limits], { timeoutMs });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(JSON.parse(stdout)).toMatchObject({ kind });
      expect(JSON.parse(stdout).calls).toBeGreaterThan(0);
    },
    FUZZ_RUNS === undefined ? 210_000 : 2 ** 31 - 1,
  );
});
