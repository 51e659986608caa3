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
      'its data channel carried something that is not a message: "junk that is"',
    ]);
  });

  test("a length that no frame can have is junk too", () => {
    const header = Buffer.alloc(12);
    header.writeDoubleLE(-1, 0);
    header.writeUInt32LE((header.readUInt32LE(0) ^ header.readUInt32LE(4) ^ 0x5ea1_c0de) >>> 0, 8);
    const { reader, errors } = read();
    reader.push(header);
    expect(errors).toHaveLength(1);
  });
});
