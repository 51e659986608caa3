import { describe, expect, test } from "@jest/globals";
import { median, quantile, spreadOf } from "../dist/statistics.js";

describe("statistics", () => {
  test("the median is the middle value, or the mean of the two in the middle", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
  });

  test("a quantile lies between its neighbours, and the ends are the smallest and the largest value", () => {
    expect(quantile([10, 20], 0.25)).toBe(12.5);
    expect(quantile([5, 1, 9], 0)).toBe(1);
    expect(quantile([5, 1, 9], 1)).toBe(9);
  });

  test("numbers are sorted as numbers", () => {
    expect(quantile([100, 9, 20], 1)).toBe(100);
  });

  test("no values have no quantile", () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });

  test("a spread is the median between the smallest and the largest value, and nothing of nothing", () => {
    expect(spreadOf([100, 9, 20])).toEqual({ median: 20, min: 9, max: 100 });
    expect(spreadOf([])).toBeUndefined();
  });
});
