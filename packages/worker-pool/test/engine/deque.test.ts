import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Deque } from "../../dist/deque.js";
import { fuzzRuns } from "./fuzz.js";

type Step = { do: "push" | "unshift" | "shift"; times: number };

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom<Step["do"][]>("push", "unshift", "shift"),
  times: fc.integer({ min: 1, max: 70 }), // beyond the smallest capacity and its quarter, both ways
});

describe("Deque", () => {
  test("it does what an array does, through all growing and shrinking", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        const deque = new Deque<number>();
        const model: number[] = [];
        let next = 0;
        for (const { do: method, times } of steps) {
          for (let i = 0; i < times; i++) {
            if (method === "shift") expect(deque.shift()).toBe(model.shift());
            else {
              deque[method](next);
              model[method](next);
              next += 1;
            }
          }
          expect(deque.length).toBe(model.length);
          expect(deque.first).toBe(model[0]);
          expect([...deque.values()]).toEqual(model);
        }
      }),
      { numRuns: fuzzRuns(30) },
    );
  });
});
