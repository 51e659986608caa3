/** SharedArray: its elements, its bounds, and the typed array over the same memory. */
import { constants } from "node:buffer";
import { type ElementType, Lock, SharedArray } from "@concurrent-futures/shared";
import { describe, expect, test } from "@jest/globals";

const TYPES: Record<ElementType, new (items: never) => { readonly [index: number]: number | bigint }> = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
  bigint64: BigInt64Array,
  biguint64: BigUint64Array,
};

describe.each(Object.keys(TYPES) as ElementType[])("%s", (type) => {
  const isBig = type.startsWith("big");
  const of = (n: number) => (isBig ? BigInt(n) : n);

  test("of a length starts with zeros, of items with these", () => {
    expect([...new SharedArray(type, 5)]).toEqual([0, 0, 0, 0, 0].map(of));
    expect(new SharedArray(type, 5).length).toBe(5);
    const items = [1, 2, 300, -1].map(of);
    const expected = [...(new TYPES[type](items as never) as Iterable<number | bigint> & object)];
    for (const given of [items, new Set(items), items.values(), new TYPES[type](items as never) as never]) {
      expect([...new SharedArray(type, given as never)]).toEqual(expected);
    }
  });

  test("get, set and the typed array see the same memory", () => {
    const array = new SharedArray<ElementType>(type, 3);
    array.set(1, of(7));
    expect(array.array[1]).toBe(of(7));
    array.array[2] = of(9) as never;
    expect(array.get(2)).toBe(of(9));
    expect([...array]).toEqual([0, 7, 9].map(of));
    expect(array.array.constructor.name.toLowerCase()).toBe(`${type}array`);
  });

  test("takes nothing but its kind of number", () => {
    const array = new SharedArray<ElementType>(type, 2);
    for (const junk of [isBig ? 5 : 5n, "5", null, undefined, true, {}, [1]]) {
      expect(() => array.set(0, junk as number)).toThrow(TypeError);
      expect(() => new SharedArray(type, [of(1), junk] as never)).toThrow("item 1");
    }
    expect([...array]).toEqual([0, 0].map(of));
  });
});

test("an index must be one of an element", () => {
  const array = new SharedArray("int32", 3);
  const none = new SharedArray("int32", 0);
  for (const index of [-1, 3, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 32, -(2 ** 31)]) {
    expect(() => array.get(index)).toThrow(RangeError);
    expect(() => array.set(index, 1)).toThrow(RangeError);
    expect(() => array.add(index, 1)).toThrow(RangeError);
  }
  for (const index of ["1", undefined, null, 1n, {}]) {
    expect(() => array.get(index as number)).toThrow(TypeError);
    expect(() => array.set(index as number, 1)).toThrow(TypeError);
  }
  expect(() => none.get(0)).toThrow(RangeError);
  expect([...array]).toEqual([0, 0, 0]);
  expect(none.length).toBe(0);
  expect([...none]).toEqual([]);
});

test("a length must be one", () => {
  for (const length of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, -(2 ** 31)]) {
    expect(() => new SharedArray("int8", length)).toThrow(RangeError);
  }
  for (const junk of [undefined, null, true, 5n, {}, new Map([[1, 1]]), new ArrayBuffer(8), () => 1]) {
    expect(() => new SharedArray("int8", junk as never)).toThrow(TypeError);
  }
  expect(() => new SharedArray("int8", "123" as never)).toThrow("item 0");
  expect(() => new SharedArray("float16" as "int8", 1)).toThrow("`type`");
});

test("one that is larger than memory can be is an error, not the end of the process", () => {
  const lengths = [constants.MAX_LENGTH, constants.MAX_LENGTH - 4096, constants.MAX_LENGTH + 1, 2 ** 33, 2 ** 34];
  for (const length of lengths) {
    try {
      expect(new SharedArray("uint8", length).length).toBe(length); // untouched, it costs nothing
    } catch (error) {
      expect((error as Error).name).toBe("RangeError");
    }
  }
});

test("a large one costs what is touched of it", () => {
  const array = new SharedArray("uint8", 2 ** 31);
  array.set(2 ** 31 - 1, 5);
  array.set(0, 6);
  expect([array.get(2 ** 31 - 1), array.get(0), array.get(2 ** 30)]).toEqual([5, 6, 0]);
});

test("add is atomic addition, for integers", () => {
  const array = new SharedArray("uint8", [250, 1]);
  expect(array.add(0, 10)).toBe(250);
  expect(array.add(1, -2)).toBe(1);
  expect([...array]).toEqual([4, 255]);
  expect(() => array.add(0, "1" as never)).toThrow(TypeError);
  // @ts-expect-error there is no atomic addition of floats
  expect(() => new SharedArray("float64", 1).add(0, 1)).toThrow("getLock()");
});

test("its lock is one, and its own", () => {
  const array = new SharedArray("int8", 1);
  expect(array.getLock()).toBeInstanceOf(Lock);
  expect(array.getLock()).toBe(array.getLock());
});

test("who writes all over the buffer of its typed array harms nothing but the elements", async () => {
  const array = new SharedArray("uint8", 100);
  const lock = array.getLock();
  new Uint8Array(array.array.buffer).fill(255);
  expect(lock.locked()).toBe(false);
  const guard = lock.acquireSync({ timeout: 0 });
  const waiting = lock.acquire({ timeout: 60_000 });
  guard.release();
  (await waiting).release();
  expect(array.array.byteOffset).toBe(0);
  expect(array.array.buffer.byteLength).toBeLessThan(100 + 8);
});

test("what is set behind the end is dropped, as with typed arrays", () => {
  const array = new SharedArray("int16", 3);
  array.array[3] = 5;
  expect(array.array[3]).toBeUndefined();
  expect(() => array.array.set([1, 2, 3, 4])).toThrow(RangeError);
});
