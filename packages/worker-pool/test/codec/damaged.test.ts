import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decode, PendingClasses } from "../../dist/codec/index.js";
import { Holder, Point } from "../fixtures/codec/classes.js";
import { host, newEncoder } from "../fixtures/codec/round-trip.js";

const value = {
  list: [1, "two", 3n, [4.5, 5.5], [1, 2, 3]],
  sparse: Object.assign([], { 5: 1 }),
  map: new Map([["k", new Set([1])]]),
  date: new Date(0),
  pattern: /x/g,
  view: new Uint16Array([1, 2]),
  error: new TypeError("x", { cause: new DOMException("y", "AbortError") }),
  point: new Point(1, 2),
  holder: new Holder({ deep: "x".repeat(300) }),
};

/** Decoding may give anything, or an Error; nothing else, and soon. */
function survives(bytes: Uint8Array): boolean {
  try {
    const result = decode(bytes, [], host);
    if (result instanceof PendingClasses) result.promise.catch(() => {});
  } catch (error) {
    return (error as { code?: string }).code === "ERR_SERIALIZATION";
  }
  return true;
}

describe("damaged messages", () => {
  const good = newEncoder({ hostObjects: false }).encode(value).bytes.slice();

  test("every truncation is an error", () => {
    for (let length = 0; length < good.length; length++) {
      expect(() => decode(good.subarray(0, length), [], host)).toThrow(/Cannot receive result/);
    }
  });

  test("bytes left over are an error", () => {
    expect(() => decode(new Uint8Array([0, 0, 0]), [], host)).toThrow(/damaged/);
  });

  test("changed bytes end in a value or an error", () => {
    const change = fc.record({ at: fc.nat(good.length - 1), to: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = good.slice();
        for (const { at, to } of changes) bytes[at] = to;
        return survives(bytes);
      }),
      { numRuns: 5000 },
    );
  });

  test("random bytes end in a value or an error", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 5000 });
  });

  test("lengths that are not there allocate nothing", () => {
    for (const tag of [6, 7, 10, 11, 12, 14, 15, 21, 22]) {
      expect(() => decode(new Uint8Array([0, tag, 255, 255, 255, 255, 255, 255, 255]), [], host)).toThrow();
    }
  });
});
