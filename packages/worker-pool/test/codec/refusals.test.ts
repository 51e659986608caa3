import { SerializationError } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { newEncoder, receive, refusal } from "../fixtures/codec/round-trip.js";

function* generate(): Generator<number> {
  yield 1;
}

describe("values that cannot be sent", () => {
  test.each<[string, unknown, string, RegExp]>([
    ["a function", [{ user: { onClick() {} } }], "args[0].user.onClick", /it is a function \(onClick\)/],
    ["a nameless function", [[() => {}]], "args[0][0]", /it is a function, and functions do not travel/],
    ["a class", [class Secret {}], "args[0]", /a function \(Secret\)/],
    ["a symbol", [1, { items: [0, 0, 0, Symbol("tag")] }], "args[1].items[3]", /a symbol \(Symbol\(tag\)\)/],
    ["a boxed symbol", [Object(Symbol("tag"))], "args[0]", /a symbol/],
    ["a proxy of a function", [new Proxy(() => {}, {})], "args[0]", /a function/],
    ["a promise", [Promise.resolve(1)], "args[0]", /an instance of Promise. Await it first/],
    ["a generator", [generate()], "args[0]", /Generator. Send what it yields/],
    ["an iterator", [[1][Symbol.iterator]()], "args[0]", /Iterator. Send what it yields/],
    ["a map's iterator", [new Map().keys()], "args[0]", /Iterator. Send what it yields/],
    ["a WeakMap", [new WeakMap()], "args[0]", /an instance of WeakMap/],
    ["a WeakSet", [new WeakSet()], "args[0]", /an instance of WeakSet/],
    ["a WeakRef", [new WeakRef({})], "args[0]", /an instance of WeakRef/],
    ["a FinalizationRegistry", [new FinalizationRegistry(() => {})], "args[0]", /FinalizationRegistry/],
    ["a number format", [new Intl.NumberFormat("en")], "args[0]", /NumberFormat/],
    ["a URL", [{ url: new URL("http://x") }], "args[0].url", /an instance of URL. Its state is not in its properties/],
    ["an AbortSignal", [new AbortController().signal], "args[0]", /AbortSignal.*`signal` option/],
    ["an AbortController", [new AbortController()], "args[0]", /an instance of AbortController/],
    ["a TextDecoder", [new TextDecoder()], "args[0]", /an instance of TextDecoder/],
    ["a map's value", [new Map([["k", { f() {} }]])], 'args[0].get("k").f', /a function/],
    ["a map's value under a number", [new Map([[7, Symbol.iterator]])], "args[0].get(7)", /a symbol/],
    ["a map's value under an object", [new Map([[{}, Symbol.iterator]])], "args[0].values()[0]", /a symbol/],
    [
      "a map's key",
      [
        new Map<unknown, unknown>([
          [1, 1],
          [() => 1, 1],
        ]),
      ],
      "args[0].keys()[1]",
      /a function/,
    ],
    ["a set's value", [new Set<unknown>([1, () => 1])], "args[0].values()[1]", /a function/],
    [
      "an odd key",
      [{ "not a name": { 'with "quotes"': () => 1 } }],
      'args[0]["not a name"]["with \\"quotes\\""]',
      /a function/,
    ],
    [
      "one in a class's instance",
      [
        new (class Job {
          run = () => 1;
        })(),
      ],
      "args[0].run",
      /a function/,
    ],
  ])("%s: side, path, what it is and what to do", (_, args, path, message) => {
    const error = refusal(args, { side: "argument" });
    expect(error).toBeInstanceOf(SerializationError);
    expect(error).toMatchObject({ side: "argument", path, code: "ERR_SERIALIZATION" });
    expect(error.message).toMatch(message);
    expect(error.message.startsWith(`Cannot send ${path}: `)).toBe(true);
  });

  test("a getter or proxy that throws: path and cause", () => {
    const cause = new Error("boo");
    const thrower = {
      get x(): never {
        throw cause;
      },
    };
    expect(refusal({ a: [thrower] })).toMatchObject({ path: "result.a[0].x", cause });
    expect(refusal({ a: [thrower] }).message).toBe("Cannot send result.a[0].x: reading it failed: boo");
    const proxy = new Proxy(
      {},
      {
        ownKeys() {
          throw cause;
        },
      },
    );
    expect(refusal({ proxy })).toMatchObject({ path: "result.proxy", cause });
    const odd = {
      get x(): never {
        throw {
          get message(): never {
            throw cause;
          },
        };
      },
    };
    expect(refusal(odd)).toMatchObject({ path: "result.x" });
    const falsy = {
      get x(): never {
        throw undefined;
      },
    };
    expect(refusal(falsy)).toMatchObject({ path: "result.x" });
  });

  test("the root of the path is the caller's to name", () => {
    expect(() => newEncoder().encode([() => 1], undefined, "initArgs")).toThrow(
      expect.objectContaining({ path: "initArgs[0]", side: "result" }),
    );
  });

  test("what is nested too deeply is refused, not fatal, and the path is shortened", () => {
    const nest = (wrap: (inner: unknown) => unknown) => {
      let value: unknown = null;
      for (let i = 0; i < 100_000; i++) value = wrap(value);
      return value;
    };
    const wraps = [
      (inner: unknown) => ({ next: inner }),
      (inner: unknown) => [inner],
      (inner: unknown) => new Map([["k", inner]]),
      (inner: unknown) => new Set([inner]),
      (inner: unknown) => Object.assign(new Error("x"), { inner }),
    ];
    for (const wrap of wraps) {
      const error = refusal(nest(wrap)) as SerializationError;
      expect(error).toBeInstanceOf(SerializationError);
      expect(error.message).toMatch(/nested too deeply/);
      expect(error.path.length).toBeLessThan(400);
    }
  });

  test("what the stack of the sender bears but not that of the receiver is an error there", () => {
    const encoder = newEncoder();
    let value: unknown = null;
    for (let i = 0; i < 1000; i++) value = [value];
    const encoded = encoder.encode(value);
    const withLittleStack = (levels: number): unknown =>
      levels > 0 ? [withLittleStack(levels - 1)] : receive(encoded);
    let levels = 1;
    try {
      for (; levels < 1e6; levels *= 1.1) withLittleStack(levels);
    } catch (error) {
      // Either the decoder ran out of stack, or the helper above did before it got there.
      expect((error as Error).message).toMatch(/nested too deeply|call stack/);
    }
    expect(levels).toBeLessThan(1e6);
    expect(receive(encoded)).toEqual(value);
  });

  test("an encoder is as good as new after a refusal", () => {
    const encoder = newEncoder();
    const shared = { a: 1 };
    for (let i = 0; i < 100; i++) {
      expect(() => encoder.encode([shared, new Uint8Array(9), () => 1])).toThrow(SerializationError);
      expect(receive(encoder.encode([shared, shared, i]))).toEqual([{ a: 1 }, { a: 1 }, i]);
    }
  });
});
