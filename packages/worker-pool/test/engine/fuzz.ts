/** How hard to try: `FUZZ_RUNS=10000` for long runs, `FUZZ_SEED=...` to repeat a failure. */
const { FUZZ_RUNS, FUZZ_SEED } = process.env;

export function fuzzRuns(usual: number): number {
  return FUZZ_RUNS === undefined ? usual : Number(FUZZ_RUNS);
}

export function fuzzSeed(): number {
  return FUZZ_SEED === undefined ? Date.now() % 2 ** 31 : Number(FUZZ_SEED);
}
