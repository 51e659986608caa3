import { describe, expect, test } from "@jest/globals";
import { layOut, MEMORY_BYTES, RING_BYTES, SLOTS } from "../../dist/memory.js";

interface Part {
  byteOffset: number;
  byteLength: number;
}

function allParts(memory: ArrayBufferLike): Part[] {
  const { calls, results, claims } = layOut(memory);
  return [calls.control, calls.data, results.control, results.data, claims];
}

describe("memory layout", () => {
  test("no two parts overlap, and all lie within the block", () => {
    const parts = allParts(new SharedArrayBuffer(MEMORY_BYTES)).sort(
      (left, right) => left.byteOffset - right.byteOffset,
    );
    let end = 0;
    for (const { byteOffset, byteLength } of parts) {
      expect(byteOffset).toBeGreaterThanOrEqual(end);
      end = byteOffset + byteLength;
    }
    expect(end).toBeLessThanOrEqual(MEMORY_BYTES);
  });

  test("control words of the two rings lie in different cache lines, ring data on 8 bytes", () => {
    const { calls, results } = layOut(new SharedArrayBuffer(MEMORY_BYTES));
    expect(Math.abs(calls.control.byteOffset - results.control.byteOffset)).toBeGreaterThanOrEqual(64);
    expect(calls.data.byteOffset % 8).toBe(0);
    expect(results.data.byteOffset % 8).toBe(0);
  });

  test("a ring's size is a power of two, and there is a claim word for each slot", () => {
    const { calls, results, claims } = layOut(new SharedArrayBuffer(MEMORY_BYTES));
    expect(Math.log2(RING_BYTES) % 1).toBe(0);
    expect([calls.data.byteLength, results.data.byteLength]).toEqual([RING_BYTES, RING_BYTES]);
    expect(claims.length).toBe(SLOTS);
  });

  test("both sides see the same words", () => {
    const memory = new SharedArrayBuffer(MEMORY_BYTES);
    layOut(memory).claims[SLOTS - 1] = 7;
    expect(layOut(memory).claims[SLOTS - 1]).toBe(7);
  });

  test("a block that is too small is refused, with both sizes", () => {
    expect(() => layOut(new SharedArrayBuffer(MEMORY_BYTES - 1))).toThrow(
      new RangeError(`Expected shared memory of at least ${MEMORY_BYTES} bytes, got ${MEMORY_BYTES - 1}`),
    );
  });
});
