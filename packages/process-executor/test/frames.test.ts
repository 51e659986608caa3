import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { FrameReader, frameHeader } from "../dist/frames.js";

interface Read {
  readonly payloads: Buffer[];
  readonly errors: Error[];
  readonly reader: FrameReader;
}

function read(): Read {
  const payloads: Buffer[] = [];
  const errors: Error[] = [];
  const reader = new FrameReader({
    frame: (payload) => payloads.push(Buffer.from(payload)),
    corrupt: (error) => errors.push(error),
  });
  return { payloads, errors, reader };
}

const framed = (payload: Uint8Array): Buffer => Buffer.concat([frameHeader(payload.length), payload]);

describe("frames", () => {
  test("come out as they went in, however the stream was cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        (payloads, cuts) => {
          const { reader, payloads: out, errors } = read();
          const stream = Buffer.concat(payloads.map(framed));
          for (let at = 0, cut = 0; at < stream.length; cut++) {
            const size = cuts[cut % cuts.length] ?? 1;
            reader.push(stream.subarray(at, at + size));
            at += size;
          }
          expect(errors).toEqual([]);
          expect(out).toEqual(payloads.map((payload) => Buffer.from(payload)));
        },
      ),
    );
  });

  test("bytes that are no frame are reported once, and nothing is delivered after them", () => {
    const { reader, payloads, errors } = read();
    reader.push(framed(Buffer.from("good")));
    reader.push(Buffer.from("junk that is no message"));
    reader.push(framed(Buffer.from("late")));
    expect(payloads.map(String)).toEqual(["good"]);
    expect(errors.map((error) => error.message)).toEqual([
      'its data channel carried something that is not a message: "junk that is no "',
    ]);
  });

  test.each([
    ["zeros", Buffer.alloc(64)],
    ["a header with one bit changed", flipped(frameHeader(5), 0)],
    ["a negative length", frameHeader(-1)],
    ["half a byte", frameHeader(0.5)],
    ["more than there is room for", frameHeader(2 ** 52)],
    ["a mark that was changed", flipped(frameHeader(5, 3), 8)],
  ])("%s is no frame", (_, bytes) => {
    const { reader, payloads, errors } = read();
    reader.push(bytes);
    expect(payloads).toEqual([]);
    expect(errors).toHaveLength(1);
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return bytes;
}
