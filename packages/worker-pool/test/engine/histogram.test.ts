import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Histogram } from "../../dist/histogram.js";

/** The smallest value that at least the share `q` of all values do not exceed. */
function exactQuantile(sorted: readonly number[], q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1] as number;
}

const duration = fc.oneof(
  fc.double({ min: 0, max: 0.01, noNaN: true }),
  fc.double({ min: 0, max: 100, noNaN: true }),
  fc.double({ min: 0, max: 1e8, noNaN: true }),
);

describe("Histogram", () => {
  test("count, mean and max are exact; quantiles are at most a bucket (9.1 %) too high", () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 300, size: "max" }), (durations) => {
        const histogram = new Histogram();
        for (const ms of durations) histogram.record(ms);
        const sorted = [...durations].sort((left, right) => left - right);
        const stats = histogram.stats();
        expect(stats.count).toBe(durations.length);
        expect(stats.mean).toBeCloseTo(durations.reduce((sum, ms) => sum + ms, 0) / durations.length, 6);
        expect(stats.max).toBe(sorted.at(-1));
        for (const [found, q] of [
          [stats.p50, 0.5],
          [stats.p99, 0.99],
        ] as const) {
          const exact = exactQuantile(sorted, q);
          expect(found).toBeGreaterThanOrEqual(exact * 0.999999);
          expect(found).toBeLessThanOrEqual(Math.max(exact * 2 ** (1 / 8) * 1.000001, 0.001));
          expect(found).toBeLessThanOrEqual(stats.max);
        }
      }),
    );
  });

  test("without values it says zero", () => {
    expect(new Histogram().stats()).toEqual({ count: 0, mean: 0, p50: 0, p99: 0, max: 0 });
  });

  test("a clock that runs backwards counts as zero, and an endless duration has a place", () => {
    const histogram = new Histogram();
    histogram.record(-5);
    expect(histogram.stats()).toEqual({ count: 1, mean: 0, p50: 0, p99: 0, max: 0 });
    histogram.record(Number.MAX_SAFE_INTEGER);
    expect(histogram.stats().max).toBe(Number.MAX_SAFE_INTEGER);
  });
});
