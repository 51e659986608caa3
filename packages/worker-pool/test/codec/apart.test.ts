import { describe, expect, test } from "@jest/globals";
import { decode, Encoder } from "../../dist/codec/index.js";
import { describeClass, host } from "../fixtures/codec/round-trip.js";

const APART = 1000;
const newEncoder = (): Encoder => new Encoder({ side: "result", hostObjects: false, apartBytes: APART, describeClass });

/** As a transport does it: what is apart arrives in memory of its own. */
function roundTrip<T>(value: T): { readonly value: T; readonly extras: readonly Uint8Array[]; readonly bytes: number } {
  const { bytes, extras = [] } = newEncoder().encode(value);
  const apart = extras as Uint8Array[];
  const arrived = apart.map((memory) => Uint8Array.from(memory).buffer);
  return { value: decode(bytes, arrived, host) as T, extras: apart, bytes: bytes.length };
}

describe("memory that travels apart", () => {
  test("is memory from the given size on, whatever looks at it", () => {
    for (const size of [APART - 8, APART, APART + 8]) {
      const sent = [new Float64Array(size / 8).fill(1.5), Buffer.alloc(size, 7), new Uint8Array(size).fill(9).buffer];
      const { value, extras, bytes } = roundTrip(sent);
      expect(value).toEqual(sent);
      expect(extras.length).toBe(size < APART ? 0 : 3);
      expect(bytes < 200).toBe(size >= APART);
    }
  });

  test("is not copied by the encoder, and adopted by the decoder", () => {
    const numbers = new Uint16Array(5000);
    const { bytes, extras = [] } = newEncoder().encode({ numbers });
    const [memory] = extras as Uint8Array[];
    expect(memory?.buffer).toBe(numbers.buffer);
    const arrived = new ArrayBuffer(10_000);
    const { numbers: received } = decode(bytes, [arrived], host) as { numbers: Uint16Array };
    expect(received.buffer).toBe(arrived);
  });

  test("is what views cover, and they still share it", () => {
    const whole = new Uint8Array(100_000).map((_, at) => at);
    const views = [whole.subarray(50_003, 52_000), new Float32Array(whole.buffer, 51_000, 500)] as const;
    const { value, extras } = roundTrip(views);
    expect(value).toEqual(views);
    expect(value[0].buffer).toBe(value[1].buffer);
    expect(extras.map(({ length }) => length)).toEqual([3000]);
    expect(value[0].buffer.byteLength).toBe(3000);
  });

  test("is never memory that can be resized, which stays so", () => {
    const Resizable = ArrayBuffer as new (length: number, options: { maxByteLength: number }) => ArrayBuffer;
    const { value, extras } = roundTrip(new Resizable(4000, { maxByteLength: 8000 }));
    expect(extras).toEqual([]);
    expect((value as ArrayBuffer & { maxByteLength: number }).maxByteLength).toBe(8000);
  });

  test("is not kept by the encoder", () => {
    const encoder = newEncoder();
    encoder.encode(new Uint8Array(5000));
    expect(encoder.encode(1).extras).toBeUndefined();
  });

  test("that has not arrived, or something else in its place, is a damaged message", () => {
    const { bytes } = newEncoder().encode(new Uint8Array(5000));
    for (const extras of [[], [5], [{}], [new Uint8Array(5000)], [new ArrayBuffer(10)]]) {
      expect(() => decode(bytes, extras, host)).toThrow(expect.objectContaining({ code: "ERR_SERIALIZATION" }));
    }
  });
});

describe("memory that travels apart between threads", () => {
  const encoder = new Encoder({ side: "result", hostObjects: true, apartBytes: APART, describeClass });

  test("is a copy that is transferred; the program keeps its own", () => {
    const numbers = new Float64Array(500).map((_, at) => at);
    const whole = new Uint8Array(5000).map((_, at) => at);
    const sent = { numbers, views: [whole.subarray(1003, 3001), whole.subarray(2000, 4000)], small: new Uint8Array(8) };
    const { bytes, extras = [], transfer = [] } = encoder.encode(sent);
    expect(transfer).toEqual(extras);
    expect(transfer.length).toBe(2);
    expect(bytes.length).toBeLessThan(400);
    const arrived = structuredClone(extras, { transfer: transfer as ArrayBuffer[] });
    const received = decode(bytes, arrived, host) as typeof sent;
    expect(received).toEqual(sent);
    expect(received.numbers.buffer).toBe(arrived[0]);
    expect(received.views[0]?.buffer).toBe(received.views[1]?.buffer);
    expect(numbers[499]).toBe(499);
  });

  test("is not copied where the program hands it over, or shares it", () => {
    const moved = new Uint8Array(5000);
    const shared = new SharedArrayBuffer(5000);
    const { extras = [], transfer = [] } = encoder.encode([moved, shared, new Uint8Array(3000)], [moved.buffer]);
    expect([extras[0] === moved.buffer, extras[1] === shared, extras.length]).toEqual([true, true, 3]);
    expect([transfer[0] === moved.buffer, transfer[1] === extras[2], transfer.length]).toEqual([true, true, 2]);
  });

  test("is forgotten with its message", () => {
    encoder.encode(new Uint8Array(5000));
    expect(encoder.encode(1)).toMatchObject({ extras: undefined, transfer: undefined });
  });
});
