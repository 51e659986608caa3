import { execFileSync } from "node:child_process";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decode, type Encoder } from "../../dist/codec/index.js";
import { host, newEncoder, receive } from "../fixtures/codec/round-trip.js";
import { sameGraph } from "../fixtures/codec/same-graph.js";

/** So many objects of a shape that the decoder has compiled a function for them when `value` arrives after them. */
function oftenBefore(encoder: Encoder, value: unknown): unknown {
  receive(encoder.encode(Array.from({ length: 400 }, () => value)));
  receive(encoder.encode(value));
  return receive(encoder.encode(value));
}

describe("objects of shapes that were met before", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 150 }),
    fc.constantFrom("", "__proto__", "constructor", "toString", "length", "7", "a", "b", "\u2028", '"];throw 1//'),
  );
  const record = fc
    .uniqueArray(fc.tuple(name, fc.oneof(fc.integer(), fc.string())), { selector: ([key]) => key, maxLength: 8 })
    .map((entries) => Object.fromEntries(entries));

  test("arrive as what they are, whatever their keys are and however often they were met", () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 5 }), (records) => {
        const encoder = newEncoder();
        const value = { records, nested: records.map((each) => ({ each, again: [each] })) };
        return [value, ...records].every((each) => sameGraph(oftenBefore(encoder, each), each));
      }),
      { numRuns: 20 },
    );
  });

  test("keep sharing and cycles", () => {
    interface Node {
      name: string;
      self: Node | undefined;
      peers: Node[];
    }
    const peers: Node[] = ["a", "b"].map((each) => ({ name: each, self: undefined, peers: [] }));
    for (const each of peers) Object.assign(each, { self: each, peers });
    const copy = oftenBefore(newEncoder(), peers);
    expect(sameGraph(copy, peers)).toBe(true);
  });

  test("a name of Object.prototype's pollutes nothing", () => {
    const copy = oftenBefore(newEncoder(), JSON.parse('{"__proto__":{"polluted":true},"toString":1}'));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(Reflect.ownKeys(copy as object)).toEqual(["__proto__", "toString"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("what cannot be decoded is said with its path", () => {
    const encoder = newEncoder();
    const value = { list: [{ deep: { text: "x" } }] };
    oftenBefore(encoder, value);
    const bytes = encoder.encode(value).bytes.slice();
    bytes[bytes.indexOf("x".charCodeAt(0)) - 1] = 0x3f; // no tag; values come before keys
    expect(() => decode(bytes, [], host)).toThrow(
      /Cannot receive result\.list\[0\]\.deep\.text: the message is damaged/,
    );
  });

  test("a list of keys is taken for what it is, not for what its hash says", () => {
    const encoder = newEncoder();
    expect(receive(encoder.encode({ alpha: 1 }))).toEqual({ alpha: 1 });
    const bytes = encoder.encode({ alpha: 1 }).bytes.slice();
    bytes[Buffer.from(bytes).indexOf("alpha")] = "o".charCodeAt(0); // with the hash of { alpha }
    expect(decode(bytes, [], host)).toEqual({ olpha: 1 });
  });

  test("more lists of keys than are kept, longer ones and more of them than a message's numbers reach", () => {
    const encoder = newEncoder();
    const many = Array.from({ length: 5000 }, (_, i) => ({ [`key ${i}`]: i, same: { a: i } }));
    const wide = Object.fromEntries(
      Array.from({ length: 3000 }, (_, i) => [`key ${i}`, { a: i, ["x".repeat(i % 200)]: i }]),
    );
    for (let i = 0; i < 3; i++) {
      expect(sameGraph(receive(encoder.encode(many)), many)).toBe(true);
      expect(sameGraph(receive(encoder.encode(wide)), wide)).toBe(true);
    }
  });

  test("a tree of names that is full makes room again", () => {
    const encoder = newEncoder();
    encoder.encode(Array.from({ length: 5000 }, (_, i) => ({ [`key ${i}`]: i })));
    const records = Array.from({ length: 100 }, (_, i) => ({ firstOfTheNames: i, secondOfTheNames: i }));
    const full = encoder.encode(records).bytes.length;
    for (let i = 0; i < 1000; i++) encoder.encode(0);
    const { bytes } = encoder.encode(records);
    expect(bytes.length).toBeLessThan(full / 2);
    expect(receive({ bytes, owned: false, extras: undefined, transfer: undefined })).toEqual(records);
  });

  test("are read where no code may be made", () => {
    const codec = new URL("../../dist/codec/index.js", import.meta.url).href;
    const program = `
      const { Encoder, decode } = await import(${JSON.stringify(codec)});
      const encoder = new Encoder({ side: "result", hostObjects: false, describeClass() {} });
      const value = Array.from({ length: 400 }, (_, i) => ({ a: i, b: { c: String(i) } }));
      for (let i = 0; i < 3; i++) {
        const copy = decode(encoder.encode(value).bytes, [], { loadClass() {} });
        if (JSON.stringify(copy) !== JSON.stringify(value)) throw new Error("Another value arrived");
      }
      console.log("same");`;
    const args = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", program];
    expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toBe("same\n");
  });
});
