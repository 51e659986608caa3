/** Value: what each type takes, and how it wraps. */
import { type ElementType, Lock, Value } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";

const TYPES = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"] as const;
const BIGINTS = ["bigint64", "biguint64"] as const;

const ARRAYS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
};

const NUMBERS = [
  ...[0, -0, 1, -1, 1.5, -1.5, 127, 128, -128, -129, 255, 256, 32767, 32768, 65535, 65536, 2 ** 31 - 1, 2 ** 31],
  ...[2 ** 32 - 1, 2 ** 32, 2 ** 53, -(2 ** 53), 1e300, -1e300, Number.MIN_VALUE, 0.1],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
];
const NOT_NUMBERS: readonly unknown[] = [
  "5",
  null,
  true,
  {},
  [],
  Symbol("five"),
  () => 5,
  new Date(0),
  { valueOf: () => 5 },
];

describe.each(TYPES)("%s", (type) => {
  test("starts at 0", () => {
    expect(new Value(type).value).toBe(0);
    expect(new Value(type, undefined).value).toBe(0);
    expect(new Value(type).type).toBe(type);
  });

  test("keeps and wraps numbers as its typed array does", () => {
    const value = new Value(type);
    for (const number of NUMBERS) {
      const expected = new ARRAYS[type]([number])[0] as number;
      value.value = number;
      expect(Object.is(value.value, expected)).toBe(true);
      expect(Object.is(new Value(type, number).value, expected)).toBe(true);
    }
  });

  test("takes nothing but numbers", () => {
    const value = new Value<ElementType>(type, 7);
    for (const junk of [...NOT_NUMBERS, 5n, undefined]) {
      expect(() => {
        value.value = junk as number;
      }).toThrow(TypeError);
      if (junk !== undefined) expect(() => new Value(type, junk as number)).toThrow("to be a number");
    }
    expect(value.value).toBe(7);
  });
});

describe.each(BIGINTS)("%s", (type) => {
  test("starts at 0n, keeps and wraps bigints as its typed array does", () => {
    const value = new Value(type);
    expect(value.value).toBe(0n);
    const Class = type === "bigint64" ? BigInt64Array : BigUint64Array;
    for (const number of [1n, -1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n, 2n ** 64n + 5n, 2n ** 200n]) {
      const expected = new Class([number])[0];
      value.value = number;
      expect(value.value).toBe(expected);
      expect(new Value(type, number).value).toBe(expected);
    }
  });

  test("takes nothing but bigints", () => {
    const value = new Value<ElementType>(type, 7n);
    for (const junk of [...NOT_NUMBERS, 5, Number.NaN, undefined]) {
      expect(() => {
        value.value = junk as bigint;
      }).toThrow(TypeError);
      if (junk !== undefined) expect(() => new Value(type, junk as bigint)).toThrow("to be a bigint");
    }
    expect(value.value).toBe(7n);
  });

  test("adds and wraps", () => {
    const value = new Value(type, 5n);
    expect(value.add(3n)).toBe(5n);
    expect(value.add(-9n)).toBe(8n);
    expect(value.value).toBe(type === "bigint64" ? -1n : 2n ** 64n - 1n);
    expect(() => value.add(1 as never)).toThrow(TypeError);
  });
});

describe("add", () => {
  test.each(["int8", "uint8", "int16", "uint16", "int32", "uint32"] as const)("%s wraps as Atomics.add", (type) => {
    for (const number of NUMBERS) {
      const value = new Value(type, 100);
      const typed = new ARRAYS[type]([100]);
      expect(value.add(number)).toBe(100);
      Atomics.add(typed, 0, number);
      expect(value.value).toBe(typed[0]);
    }
  });

  test("takes nothing but numbers, and is not for floats", () => {
    const value = new Value("int32", 7);
    for (const junk of [...NOT_NUMBERS, 5n, undefined]) expect(() => value.add(junk as number)).toThrow(TypeError);
    expect(value.value).toBe(7);
    for (const type of ["float32", "float64"] as const) {
      const float = new Value(type, 1);
      // @ts-expect-error there is no atomic addition of floats
      expect(() => float.add(1)).toThrow("getLock()");
      expect(float.value).toBe(1);
    }
  });
});

test("there are no other types", () => {
  const junk = ["int64", "Int32", "", "i", "toString", "__proto__", "constructor", 5, null, undefined, {}, ["int8"]];
  for (const type of junk) {
    expect(() => new Value(type as "int8")).toThrow(TypeError);
    expect(() => new Value(type as "int8")).toThrow("Expected `type` to be one of");
  }
});

test("its lock is one, and its own", () => {
  const value = new Value("int8");
  expect(value.getLock()).toBeInstanceOf(Lock);
  expect(value.getLock()).toBe(value.getLock());
  expect(new Value("int8").getLock()).not.toBe(value.getLock());
  using _ = value.getLock().acquireSync();
  value.value = -1; // nobody is kept from it: the lock is advice, as in Python
  expect(value.value).toBe(-1);
  expect(value.getLock().locked()).toBe(true);
});

test("types are checked when it is compiled", () => {
  const check = () => {
    // @ts-expect-error a bigint is wanted
    new Value("bigint64", 5);
    // @ts-expect-error a number is wanted
    new Value("int8").value = 5n;
    // @ts-expect-error no such type
    new Value("int64");
    const number: number = new Value("float32").value;
    const big: bigint = new Value("biguint64").add(1n);
    return [number, big];
  };
  expect(check).toThrow(TypeError);
});
