import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { roundTrip } from "../fixtures/codec/round-trip.js";
import { sameGraph } from "../fixtures/codec/same-graph.js";

describe("plain values", () => {
  const anything = fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
    stringUnit: "binary",
    maxDepth: 5,
  });

  test("arrive as structured clone would bring them", () => {
    fc.assert(
      fc.property(anything, (value) => sameGraph(roundTrip(value), structuredClone(value))),
      { numRuns: 2000 },
    );
  });

  test("keep sharing and cycles as structured clone does", () => {
    const edges = fc.array(fc.oneof(fc.nat(30), fc.string()), { maxLength: 6 });
    const nodes = fc.array(fc.record({ kind: fc.constantFrom("array", "object", "map", "set"), edges }), {
      minLength: 1,
      maxLength: 30,
    });
    fc.assert(
      fc.property(nodes, (plan) => {
        const graph = build(plan);
        return sameGraph(roundTrip(graph), structuredClone(graph));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["-0", -0],
    ["NaN", Number.NaN],
    ["the ends of int32", [2 ** 31 - 1, -(2 ** 31), 2 ** 31, -(2 ** 31) - 1]],
    ["lone surrogates", ["\ud800", "a\udc00b", `${"x".repeat(50)}\ud800`]],
    [
      "texts at every boundary",
      [0, 1, 19, 20, 21, 127, 128, 300, 70_000].flatMap((n) => ["a", "é", "日", "😀"].map((c) => c.repeat(n))),
    ],
    ["a text whose UTF-8 is cut off at its own length", `${"a".repeat(40)}é${"日".repeat(20)}`],
    ["large bigints", [2n ** 63n - 1n, -(2n ** 63n), 2n ** 63n, -(2n ** 64n), 10n ** 500n]],
    ["an invalid date", new Date(Number.NaN)],
    ["a __proto__ of JSON", JSON.parse('{"a":1,"__proto__":{"b":2}}')],
    ["an empty key", { "": 1, a: { "": 2 } }],
    ["keys that look like indices", { b: 1, 7: 2, a: 3, 0: 4 }],
    ["many keys", Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key ${i}`, i]))],
    [
      "objects of alternating shapes",
      Array.from({ length: 100 }, (_, i) =>
        i % 3 === 0 ? { a: 1, b: 2 } : i % 3 === 1 ? { a: 1 } : { a: 1, c: { b: i } },
      ),
    ],
  ])("%s", (_, value) => {
    const copy = roundTrip(value);
    expect(sameGraph(copy, value)).toBe(true);
    expect(sameGraph(copy, structuredClone(value))).toBe(true);
  });

  test("an object named __proto__ does not become a prototype", () => {
    const copy = roundTrip(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(copy.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  test("a class's instance arrives as a plain object with its own enumerable properties", () => {
    class User {
      name = "Ada";
      #secret = 1;
      get secret(): number {
        return this.#secret;
      }
    }
    const user = Object.defineProperty(new User(), "hidden", { value: 1, enumerable: false });
    const copy: object = roundTrip(user);
    expect(copy).toEqual({ name: "Ada" });
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  test("symbol keys are left out, getters are read, objects without a prototype get one", () => {
    const copy = roundTrip({
      [Symbol("s")]: 1,
      get answer() {
        return 42;
      },
      bare: Object.assign(Object.create(null), { a: 1 }),
    });
    expect(Reflect.ownKeys(copy)).toEqual(["answer", "bare"]);
    expect(Object.getOwnPropertyDescriptor(copy, "answer")?.value).toBe(42);
    expect(Object.getPrototypeOf(copy.bare)).toBe(Object.prototype);
  });

  test("a getter that changes the object does not damage the message", () => {
    const make = (change: (object: Record<string, unknown>) => void) => {
      const object: Record<string, unknown> = {
        a: 1,
        get b() {
          change(object);
          return 2;
        },
        c: 3,
        d: 4,
      };
      return object;
    };
    const known = { a: 0, b: 0, c: 0, d: 0 };
    expect(roundTrip([known, make((object) => Reflect.deleteProperty(object, "c")), "end"])).toEqual([
      known,
      { a: 1, b: 2, d: 4 },
      "end",
    ]);
    expect(
      roundTrip([
        known,
        make((object) => {
          Object.assign(object, { e: 5 });
        }),
        "end",
      ]),
    ).toEqual([known, { a: 1, b: 2, c: 3, d: 4 }, "end"]);
    expect(
      roundTrip([
        known,
        make((object) => {
          Reflect.deleteProperty(object, "c");
          Reflect.deleteProperty(object, "d");
        }),
        "end",
      ]),
    ).toEqual([known, { a: 1, b: 2 }, "end"]);
  });

  test("proxies are read through", () => {
    const read: PropertyKey[] = [];
    const proxy = new Proxy(
      { a: 1, b: [2] },
      {
        get: (target, key, self) => {
          read.push(key);
          return Reflect.get(target, key, self);
        },
      },
    );
    expect(roundTrip({ proxy, list: new Proxy([1, "x"], {}) })).toEqual({ proxy: { a: 1, b: [2] }, list: [1, "x"] });
    expect(read).toContain("b");
  });

  test("properties that were added to Object.prototype are not sent", () => {
    Object.defineProperty(Object.prototype, "added", { value: 1, enumerable: true, configurable: true });
    try {
      expect(Object.keys(roundTrip({ a: 1 }))).toEqual(["a"]);
      expect(Object.keys(roundTrip([{ a: 1, added: 2 }, { a: 2 }])[1] ?? {})).toEqual(["a"]);
      expect(Object.keys(roundTrip([{ a: 1 }, { a: 2 }])[1] ?? {})).toEqual(["a"]);
    } finally {
      Reflect.deleteProperty(Object.prototype, "added");
    }
  });
});

interface Plan {
  readonly kind: string;
  readonly edges: readonly (number | string)[];
}

/** Containers that refer to each other; the first one reaches the others. */
function build(plan: readonly Plan[]): unknown {
  const nodes = plan.map(({ kind }) =>
    kind === "array" ? [] : kind === "map" ? new Map() : kind === "set" ? new Set() : {},
  );
  for (const [index, { edges }] of plan.entries()) {
    const node: unknown = nodes[index];
    for (const [place, edge] of edges.entries()) {
      const target = typeof edge === "number" ? nodes[edge % nodes.length] : edge;
      if (Array.isArray(node)) node.push(target);
      else if (node instanceof Map) node.set(place % 2 === 0 ? target : place, target);
      else if (node instanceof Set) node.add(target);
      else (node as Record<string, unknown>)[`key${place}`] = target;
    }
  }
  return nodes;
}
