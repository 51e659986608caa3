import { describe, expect, test } from "@jest/globals";
import { newEncoder, receive, refusal, roundTrip } from "../fixtures/codec/round-trip.js";

const TYPES = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

describe("ArrayBuffers and views", () => {
  test.each(TYPES.map((type) => [type.name, type] as const))("%s keeps its type and contents", (_, type) => {
    const view = new type(3);
    new Uint8Array(view.buffer).forEach((_, i, bytes) => {
      bytes[i] = i * 7;
    });
    const copy = roundTrip(view);
    expect(Object.prototype.toString.call(copy)).toBe(`[object ${type.name}]`);
    expect(copy).toEqual(view);
  });

  test("Float16Array where there is one", () => {
    const Float16Array = (globalThis as { Float16Array?: new (items: number[]) => ArrayBufferView }).Float16Array;
    if (Float16Array === undefined) return;
    const view = new Float16Array([1.5, -2]);
    expect(roundTrip(view)).toEqual(view);
  });

  test("DataView, ArrayBuffer and empty ones", () => {
    const { buffer } = new Uint8Array([1, 2, 3, 4]);
    expect(new Uint8Array(roundTrip(buffer))).toEqual(new Uint8Array([1, 2, 3, 4]));
    expect(roundTrip(new DataView(buffer, 1, 2)).getUint8(1)).toBe(3);
    expect(roundTrip(new ArrayBuffer(0)).byteLength).toBe(0);
    expect(roundTrip(new Float64Array(0)).length).toBe(0);
  });

  test("a Buffer arrives as a Buffer", () => {
    const copy = roundTrip({ data: Buffer.from("grüße") });
    expect(Buffer.isBuffer(copy.data)).toBe(true);
    expect(copy.data.toString()).toBe("grüße");
  });

  test("views over one buffer keep sharing it", () => {
    const buffer = new ArrayBuffer(32);
    const value = { bytes: new Uint8Array(buffer), numbers: new Float64Array(buffer, 8, 2), buffer };
    const copy = roundTrip(value);
    copy.numbers[0] = 1.5;
    expect(copy.bytes.buffer).toBe(copy.buffer);
    expect(copy.numbers.buffer).toBe(copy.buffer);
    expect(new Float64Array(copy.buffer)[1]).toBe(1.5);
    expect(value.numbers[0]).toBe(0);
  });

  test("overlapping views keep sharing what they cover, and only that is sent", () => {
    const large = new Uint8Array(100_000).map((_, i) => i);
    const value = [
      large.subarray(50_000, 50_016),
      large.subarray(50_008, 50_024),
      new Float64Array(large.buffer, 50_016, 1),
    ];
    const encoded = newEncoder().encode(value);
    expect(encoded.bytes.length).toBeLessThan(200);
    const copy = receive(encoded) as Uint8Array[];
    expect(copy).toEqual(value);
    (copy[1] as Uint8Array)[0] = 99;
    expect(copy[0]?.[8]).toBe(99);
  });

  test("views of different alignment, and one before the first, find their place again", () => {
    const buffer = new Uint8Array(64).map((_, i) => i).buffer;
    const value = [
      new Uint8Array(buffer, 33, 3),
      new Float64Array(buffer, 40, 1),
      new Uint8Array(buffer, 9, 2),
      new DataView(buffer, 41, 2),
    ];
    expect(roundTrip(value)).toEqual(value);
    expect(roundTrip([value[1], value[0]])).toEqual([value[1], value[0]]);
  });

  test("a small Buffer does not carry Node's pool along", () => {
    const encoded = newEncoder().encode([Buffer.from("a"), Buffer.from("b")]);
    expect(encoded.bytes.length).toBeLessThan(200);
    expect((receive(encoded) as Buffer[]).map(String)).toEqual(["a", "b"]);
    expect((receive(encoded) as Buffer[])[0]?.buffer.byteLength).toBeLessThan(64);
  });

  test("a view at an odd offset of a large buffer", () => {
    const view = new Uint8Array(1000).subarray(501, 504);
    view.set([7, 8, 9]);
    expect(roundTrip(view)).toEqual(new Uint8Array([7, 8, 9]));
    expect(roundTrip(new DataView(view.buffer, 501, 3)).getUint8(2)).toBe(9);
  });

  test("a resizable buffer stays resizable, and a view that follows it goes on following", () => {
    type Resizable = ArrayBuffer & { resizable: boolean; maxByteLength: number; resize(length: number): void };
    const make = ArrayBuffer as unknown as new (length: number, options: { maxByteLength: number }) => Resizable;
    const buffer = new make(8, { maxByteLength: 64 });
    const value = { whole: new Uint8Array(buffer), part: new Uint8Array(buffer, 2, 3) };
    value.whole[2] = 42;
    const copy = roundTrip(value);
    const copied = copy.whole.buffer as Resizable;
    expect([copied.resizable, copied.byteLength, copied.maxByteLength]).toEqual([true, 8, 64]);
    copied.resize(16);
    expect([copy.whole.length, copy.part.length, copy.part[0]]).toEqual([16, 3, 42]);
  });

  test("a megabyte is given away instead of kept", () => {
    const encoder = newEncoder();
    const numbers = new Float64Array(200_000).fill(1.5);
    const huge = encoder.encode(numbers);
    expect(huge.owned).toBe(true);
    const small = encoder.encode([1]);
    expect(small.owned).toBe(false);
    expect(small.bytes.buffer.byteLength).toBeLessThan(100_000);
    expect(receive(huge)).toEqual(numbers);
  });

  test("a detached buffer, and a view over one, are refused", () => {
    const view = new Uint8Array(8);
    structuredClone(view.buffer, { transfer: [view.buffer] });
    expect(refusal([view])).toMatchObject({ code: "ERR_SERIALIZATION", path: "result[0]" });
    expect(refusal({ buffer: view.buffer })).toMatchObject({ path: "result.buffer" });
    expect(refusal([view]).message).toMatch(/transferred away/);
  });
});
