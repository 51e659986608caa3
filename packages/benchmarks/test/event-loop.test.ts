import { describe, expect, test } from "@jest/globals";
import { waitQuantile, watchEventLoop } from "../dist/event-loop.js";

describe("waitQuantile", () => {
  test("what becomes due at any moment waits for the rest of its gap", () => {
    expect(waitQuantile([10, 10, 10, 10], 0.5)).toBeCloseTo(5);
    expect(waitQuantile([10, 10, 10, 10], 1)).toBeCloseTo(10);
    expect(waitQuantile([10, 10, 10, 10], 0)).toBe(0);
  });

  test("one long stop is not hidden by many short turns", () => {
    const gaps = [...Array<number>(100).fill(1), 100];
    expect(waitQuantile(gaps, 0.99)).toBeCloseTo(98); // half of all moments fall into it, the last 2 ms are 1 %
  });

  test("below the length of short gaps, these count, too", () => {
    const gaps = [1, 3]; // waits longer than 0.5 ms: those in the first 0.5 of the one and in the first 2.5 of the other
    expect(waitQuantile(gaps, 0.25)).toBeCloseTo(0.5);
  });

  test("no gaps have no quantile", () => {
    expect(() => waitQuantile([], 0.5)).toThrow(RangeError);
  });
});

describe("watchEventLoop", () => {
  test("a stop is a gap as long as it, also one that lasts until the end", () => {
    const watch = watchEventLoop();
    const end = performance.now() + 20;
    while (performance.now() < end);
    expect(watch.stop().at(-1)).toBeGreaterThanOrEqual(19.9);
  });

  test("turns end gaps", async () => {
    const watch = watchEventLoop();
    const start = performance.now();
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setTimeout(resolve, 2));
    const elapsedMs = performance.now() - start;
    const gaps = watch.stop();
    expect(gaps.length).toBeGreaterThan(1);
    expect(gaps.reduce((a, b) => a + b)).toBeGreaterThanOrEqual(elapsedMs - 0.1);
  });
});
