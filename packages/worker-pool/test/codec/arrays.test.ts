import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { newEncoder, roundTrip } from "../fixtures/codec/round-trip.js";
import { sameGraph } from "../fixtures/codec/same-graph.js";

describe("arrays", () => {
  test("of numbers keep every number", () => {
    const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, Number.NaN, 2 ** 31, 2 ** 53));
    fc.assert(fc.property(fc.array(number), (array) => sameGraph(roundTrip(array), array)));
  });

  test("of numbers are sent as their memory", () => {
    const ints = Array.from({ length: 10_000 }, (_, i) => i - 5000);
    expect(newEncoder().encode(ints).bytes.length).toBeLessThan(4 * ints.length + 16);
    expect(roundTrip(ints)).toEqual(ints);
    const halves = ints.map((i) => i / 2);
    expect(newEncoder().encode(halves).bytes.length).toBeLessThan(8 * ints.length + 16);
    expect(roundTrip(halves)).toEqual(halves);
  });

  test("of numbers with something else among them, wherever it is", () => {
    for (const length of [2, 3, 4096, 4097, 9000]) {
      for (const odd of ["x", undefined, null, -0, 0.5, { a: 1 }]) {
        for (const at of [0, 1, length - 1]) {
          const array: unknown[] = Array.from({ length }, (_, i) => i);
          array[at] = odd;
          expect(sameGraph(roundTrip(array), array)).toBe(true);
        }
      }
    }
  });

  test.each([
    ["holes", Object.assign([], { 0: 1, 2: 3 })],
    ["holes at the ends", Object.assign([], { 1: "a", length: 4 })],
    ["nothing but holes", new Array(5)],
    ["undefined beside holes", Object.assign([], { 0: undefined, 2: undefined })],
    ["a length of billions", Object.assign([], { length: 2 ** 32 - 1 })],
    ["one element at the far end", Object.assign([], { 0: "a", 4000000000: "z" })],
    ["a number first, then billions of holes", Object.assign([], { 0: 1, 4000000000: 2 })],
  ])("keep %s", (_, array) => {
    const copy = roundTrip(array as unknown[]);
    expect(copy.length).toBe((array as unknown[]).length);
    expect(sameGraph(copy, array)).toBe(true);
  });

  test("of a RegExp's match keep index, input, groups and indices", () => {
    const match = /(?<word>w\w+)/d.exec("hello world");
    const copy = roundTrip(match);
    expect(sameGraph(copy, match)).toBe(true);
    expect(copy?.index).toBe(6);
    expect({ ...copy?.groups }).toEqual({ word: "world" });
    expect(copy?.indices?.[0]).toEqual([6, 11]);
  });

  test("other properties of arrays are dropped", () => {
    expect(Object.keys(roundTrip(Object.assign([1, 2], { extra: true })))).toEqual(["0", "1"]);
  });

  test("a subclass's instance arrives as an array", () => {
    class List extends Array<unknown> {}
    const copy = roundTrip(List.from(["a", { b: 1 }]));
    expect(Object.getPrototypeOf(copy)).toBe(Array.prototype);
    expect(copy).toEqual(["a", { b: 1 }]);
  });
});
