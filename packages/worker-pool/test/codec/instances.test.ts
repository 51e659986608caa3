import { deserialize, serialize } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { decode, decodeAsync, PendingClasses } from "../../dist/codec/index.js";
import { ColoredPoint, Holder, LateThere, Point, Stack, ThrowsThere } from "../fixtures/codec/classes.js";
import { host, loadClass, newEncoder, receive, refusal, roundTrip } from "../fixtures/codec/round-trip.js";

describe("instances with [serialize]", () => {
  test("arrive as instances of their class, inherited methods included", () => {
    expect(roundTrip(new Point(1, 2))).toEqual(new Point(1, 2));
    expect(roundTrip([new ColoredPoint(1, 2)])[0]).toBeInstanceOf(ColoredPoint);
    const stack = roundTrip(Stack.from([3, 4]));
    expect(stack).toBeInstanceOf(Stack);
    expect([...stack]).toEqual([3, 4]);
  });

  test("keep identity, and their state may hold anything that can be sent", () => {
    const point = new Point(1, 2);
    const shared = { point };
    const copy = roundTrip({ holder: new Holder([shared, point, new Error("e")]), shared, again: point });
    const [inner, innerPoint, error] = copy.holder.held as [unknown, unknown, Error];
    expect(copy.again).toBeInstanceOf(Point);
    expect(innerPoint).toBe(copy.again);
    expect(inner).toBe(copy.shared);
    expect(copy.shared.point).toBe(copy.again);
    expect(error.message).toBe("e");
  });

  test("an instance within its own state is refused", () => {
    const holder = new Holder();
    holder.held = { list: [holder] };
    const error = refusal({ holder });
    expect(error).toMatchObject({ path: "result.holder[serialize]().list[0]" });
    expect(error.message).toMatch(/part of the state that its own \[serialize\]\(\) returns/);
  });

  test("a class that cannot be found is refused, with the remedy", () => {
    class Local extends Point {}
    const error = refusal([new Local(1, 2)], { side: "argument" });
    expect(error).toMatchObject({ side: "argument", path: "args[0]", code: "ERR_SERIALIZATION" });
    expect(error.message).toMatch(/class Local cannot be found.*Export the class/);
  });

  test("a class without static [deserialize] is refused", () => {
    class HalfDone {
      [serialize](): unknown {
        return 1;
      }
    }
    expect(refusal(new HalfDone()).message).toMatch(/HalfDone has \[serialize\] but no static \[deserialize\]/);
  });

  test("a [serialize] that throws, or gives a promise, is refused", () => {
    const thrown = new Error("not now");
    class Unwilling extends Holder {
      override [serialize](): unknown {
        throw thrown;
      }
    }
    const encoder = newEncoder();
    (encoder as { describeClass: unknown }).describeClass = () => ({ url: "file:///x.js", name: "Unwilling" });
    expect(() => encoder.encode([new Unwilling()])).toThrow(
      expect.objectContaining({
        path: "result[0]",
        cause: thrown,
        message: expect.stringMatching(/Unwilling threw: not now/),
      }),
    );
    expect(refusal(new Holder(Promise.resolve(1)))).toMatchObject({ path: "result[serialize]()" });
  });

  test("a [deserialize] that throws is reported with side, path and cause", () => {
    const { bytes } = newEncoder().encode({ list: [new ThrowsThere()] });
    const run = () => decode(bytes, [], { side: "argument", loadClass });
    expect(run).toThrow(expect.objectContaining({ side: "argument", path: "args.list[0]", code: "ERR_SERIALIZATION" }));
    expect(run).toThrow(/ThrowsThere threw: not on my watch/);
    expect(run).toThrow(expect.objectContaining({ cause: expect.objectContaining({ message: "not on my watch" }) }));
  });

  test("an async [deserialize] is refused, without an unhandled rejection", () => {
    expect(() => roundTrip(new LateThere())).toThrow(/LateThere returned a promise/);
  });

  test("a class that is found there without static [deserialize] is reported", () => {
    const { bytes } = newEncoder().encode(new Point(1, 2));
    expect(() => decode(bytes, [], { loadClass: () => class Point {} })).toThrow(/no static \[deserialize\]/);
    expect(() => decode(bytes, [], { loadClass: () => undefined })).toThrow(
      /class Point of file:\/\/\/classes.js cannot be found/,
    );
  });

  test("classes that must be imported first make decoding wait, and nothing is made twice", async () => {
    let made = 0;
    class Counted extends Point {
      static override [deserialize](state: [number, number]): Counted {
        made += 1;
        return new Counted(...state);
      }
    }
    const { bytes } = newEncoder().encode([new Point(1, 2), new ColoredPoint(3, 4)]);
    const late = { loadClass: async () => Counted };
    const pending = decode(bytes, [], late);
    expect(pending).toBeInstanceOf(PendingClasses);
    expect(made).toBe(0);
    const value = decode(bytes, [], late, await (pending as PendingClasses).promise);
    expect(value).toEqual([new Counted(1, 2), new Counted(3, 4)]);
    expect(made).toBe(2);
    expect(await decodeAsync(bytes, [], late)).toEqual(value);
  });

  test("an import that fails rejects with SerializationError", async () => {
    const { bytes } = newEncoder().encode(new Point(1, 2));
    const cause = new Error("module gone");
    const failing = { side: "argument", loadClass: () => Promise.reject(cause) } as const;
    await expect(decodeAsync(bytes, [], failing)).rejects.toMatchObject({
      code: "ERR_SERIALIZATION",
      path: "args",
      cause,
    });
  });

  test("own properties named like the protocol make no instance", () => {
    expect(receive(newEncoder().encode({ [serialize]: () => 1, a: 1 }), host)).toEqual({ a: 1 });
  });
});
