import { serialize } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { Encoder } from "../../dist/codec/index.js";
import { Holder } from "../fixtures/codec/classes.js";
import { describeClass, newEncoder, receive } from "../fixtures/codec/round-trip.js";

describe("one encoder for many messages", () => {
  test("sends an object that changed in between as it is now", () => {
    const encoder = newEncoder();
    const object: Record<string, unknown> = { count: 1 };
    const first = encoder.encode([object]).bytes.slice();
    Object.assign(object, { count: 2 });
    expect(receive(encoder.encode([object]))).toEqual([{ count: 2 }]);
    expect(receive({ ...encoder.encode(0), bytes: first })).toEqual([{ count: 1 }]);
  });

  test("gives program code that encodes within the walk an encoder of its own", () => {
    const encoder = newEncoder();
    let inner: unknown;
    const value = [
      { a: 1 },
      {
        get a(): number {
          inner = receive(encoder.encode([{ a: "inner" }]));
          return 2;
        },
      },
      new Holder({ a: 3 }),
    ];
    expect(receive(encoder.encode(value))).toEqual([{ a: 1 }, { a: 2 }, new Holder({ a: 3 })]);
    expect(inner).toEqual([{ a: "inner" }]);
  });

  test("keeps nothing of a message alive", async () => {
    const gc = await collector();
    const encoder = newEncoder();
    const sent = (() => {
      const value = { list: Array.from({ length: 50 }, () => ({})), buffer: new Uint8Array(8), held: new Holder({}) };
      encoder.encode(value);
      return [value, value.list[40], value.buffer, value.buffer.buffer, value.held].map(
        (part) => new WeakRef(part as object),
      );
    })();
    for (let round = 0; round < 10 && sent.some((ref) => ref.deref() !== undefined); round++) {
      await new Promise(setImmediate); // until then, `deref` keeps what it gives
      gc();
    }
    expect(sent.map((ref) => ref.deref())).toEqual(sent.map(() => undefined));
  });

  test("asks for a class once per message, and sends it once", () => {
    let asked = 0;
    const encoder = new Encoder({
      side: "result",
      hostObjects: false,
      describeClass(cls) {
        asked += 1;
        return describeClass(cls);
      },
    });
    const many = Array.from({ length: 100 }, (_, i) => new Holder(i));
    const { bytes } = encoder.encode(many);
    expect(asked).toBe(1);
    expect(bytes.length).toBeLessThan(500);
  });

  test("a [serialize] is called once per instance and message", () => {
    let called = 0;
    class Counting extends Holder {
      override [serialize](): unknown {
        called += 1;
        return 1;
      }
    }
    const encoder = new Encoder({ side: "result", hostObjects: false, describeClass: () => ({ url: "x", name: "y" }) });
    const instance = new Counting();
    encoder.encode([instance, instance, { instance }]);
    expect(called).toBe(1);
  });
});

/** `gc()`, without needing a flag at the start. */
async function collector(): Promise<() => void> {
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import("node:v8"), import("node:vm")]);
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
