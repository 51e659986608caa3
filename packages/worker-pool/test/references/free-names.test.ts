import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { needs } from "./parsed.js";

/** Each row: a function, and the names that are free in it. */
const MODULE: Array<[string, string]> = [
  // parameters and their scopes
  ["(a) => a", ""],
  ["(a) => a + b", "b"],
  ["({ a, b: { c }, ...d }, [e, , f = g], ...h) => [a, c, d, e, f, h, b]", "g b"],
  ["(a = b, c = a) => c", "b"],
  ["(a = () => b) => { const b = 1; return a() + b; }", "b"],
  ["(a = x) => { var x; }", "x"],
  ["({ [key]: a }) => a", "key"],
  ["(a, b = a) => { var a; let c; return a + b + c; }", ""],
  // declarations
  ["() => { const { a, b: [c = d] } = e; return a + c; }", "d e"],
  ["() => { f(); function f() { return g; } }", "g"],
  ["() => { if (a) { var b = 1; } return b; }", "a"],
  ["() => { { let b = 1; } return b; }", "b"],
  ["() => { for (var i = 0; i < n; i++); return i; }", "n"],
  ["() => { for (let i = 0; i < 3; i++); return i; }", "i"],
  ["() => { for (const [k, v] of Object.entries(o)) use(k, v); }", "Object o use"],
  ["() => { for (const x of x) ; }", ""],
  ["() => { for (k in o) ; }", "k o"],
  ["async () => { for await (const x of y) x; }", "y"],
  ["() => { { function g() {} } return g; }", "g"],
  ["() => { switch (a) { case b: let c = 1; default: c; } return c; }", "a b c"],
  ["() => { try { throw a; } catch ({ message }) { return message; } finally { b; } }", "a b"],
  ["() => { try { a(); } catch (e) { e; } return e; }", "a e"],
  ["() => { try { a; } catch { b; } }", "a b"],
  ["() => { var a; { let a = b; } }", "b"],
  ["() => { label: for (;;) { break label; } return label; }", "label"],
  ["async () => { using a = b(); await using c = d(a); return c; }", "b d"],
  // functions and their own names
  ["function f(n) { return n ? f(n - 1) : g; }", "g"],
  ["() => function g() { return g + h; }", "h"],
  ["() => { const g = function h() {}; return h; }", "h"],
  ["function f() { return arguments.length; }", ""],
  ["() => () => arguments", "arguments"],
  ["() => function () { return arguments; }", ""],
  // classes
  ["() => class A extends B { static x = A; y = this.z; [k]() { return w; } }", "B k w"],
  ["() => { class A { #p = q; get() { return this.#p; } has(o) { return #p in o; } } return A; }", "q"],
  ["() => { class A { static { var v = s; this.t = v; } } return v; }", "s v"],
  ["() => { new A(); class A {} }", ""],
  ["() => class { static a = b; static c() { return d; } }", "b d"],
  // expressions
  ["() => a.b.c[d]?.e?.(f)", "a d f"],
  ["() => ({ a, b: c, [d]: e, f() { return g; }, get h() { return i; } })", "a c d e g i"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the source of one
  ["() => `${a} ${tag`b ${c}`}`", "a tag c"],
  ["() => { a = b; c += 1; d++; [e, f.g] = h; ({ i, j: k } = l); }", "a b c d e f h i k l"],
  ["() => { delete a.b; void c; return !d; }", "a c d"],
  ["() => typeof a", "a"],
  ["function* f() { yield* a; }", "a"],
  ["async () => await a", "a"],
  ["() => a ? b : c ?? d", "a b c d"],
  ["() => new A(...b)", "A b"],
  ["() => /a/.test(b)", "b"],
  ["() => { a: b; debugger; }", "b"],
  ["() => undefined + NaN", "undefined NaN"],
  ["() => import('x').then(a)", "a"],
];

/** Rows in sloppy code, where functions in blocks rise. */
const SLOPPY: Array<[string, string]> = [
  ["(function () { { function g() {} } return g; })", ""],
  ["(function () { 'use strict'; { function g() {} } return g; })", "g"],
  ["(function () { with (a) { b; } })", "a b"],
  ["(function () { if (a) function g() {} return g; })", "a"],
  ["(function () { var yield = let; return yield; })", "let"],
];

function names(source: string, kind?: "script"): string {
  return [...needs(source, kind).names.keys()].join(" ");
}

describe("free names", () => {
  test.each(MODULE)("%s needs: %s", (source, expected) => expect(names(`(${source})`)).toBe(expected));
  test.each(SLOPPY)("sloppy %s needs: %s", (source, expected) => expect(names(source, "script")).toBe(expected));

  test("names that only typeof asks for are told apart", () => {
    expect([...needs("(() => typeof a + typeof b + b)").typeofOnly]).toEqual(["a"]);
    expect([...needs("(() => b + typeof b)").typeofOnly]).toEqual([]);
  });

  test("a renamed program needs exactly the names that were never declared", () => {
    // Builds nested blocks out of declarations and uses, and keeps the account of free names itself.
    const name = fc.constantFrom("a", "b", "c", "d");
    const { block } = fc.letrec<{ block: Block; item: Item }>((tie) => ({
      item: fc.oneof(
        { depthSize: "small" },
        fc.record({ kind: fc.constant("use" as const), name }),
        fc.record({ kind: fc.constantFrom("let" as const, "param" as const), name, body: tie("block") }),
      ),
      block: fc.array(tie("item"), { maxLength: 4 }),
    }));
    fc.assert(
      fc.property(block, (items) => {
        const free = new Set<string>();
        const body = render(items, new Set(), free);
        expect(new Set(needs(`(() => { ${body} })`).names.keys())).toEqual(free);
      }),
    );
  });
});

type Item = { kind: "use"; name: string } | { kind: "let" | "param"; name: string; body: Block };
type Block = Item[];

function render(items: Block, declared: ReadonlySet<string>, free: Set<string>): string {
  return items
    .map((item) => {
      if (item.kind === "use") {
        if (!declared.has(item.name)) free.add(item.name);
        return `${item.name};`;
      }
      const inner = render(item.body, new Set([...declared, item.name]), free);
      return item.kind === "let" ? `{ ${inner} let ${item.name}; }` : `(${item.name}) => { ${inner} };`;
    })
    .join(" ");
}

describe("words that mean the surroundings", () => {
  const WORDS: Array<[string, string]> = [
    ["(() => this)", "this"],
    ["(() => () => this.x)", "this"],
    ["(function () { return this; })", ""],
    ["(() => function () { return this; })", ""],
    ["(() => class { x = this; static { this; } m() { return this; } })", ""],
    ["(() => class { [this.key]() {} })", "this"],
    ["(() => class extends this.Base {})", "this"],
    ["(function () { return () => new.target; })", ""],
    ["({ m() { /*@*/ return super.m(); } })", "super"],
    ["({ m() { /*@*/ return () => super.m(); } })", "super"],
    ["(() => ({ m() { return super.m(); } }))", ""],
    ["(() => class extends Object { constructor() { super(); } })", ""],
    ["class A { #x; m() { return (/*@*/ o) => o.#x; } }", ""],
  ];
  test.each(WORDS)("%s: %s", (source, expected) => expect([...needs(source).outerWords].join(" ")).toBe(expected));

  test("a function's own this is noted", () => {
    expect(needs("(function () { return () => this; })").ownThis).toBe(true);
    expect(needs("(function () { return function () { return this; }; })").ownThis).toBe(false);
  });

  test("private names of a class around it are noted, its own are not", () => {
    expect([...needs("class A { #x; m() { return (/*@*/ o) => o.#x || #x in o; } }").privateNames]).toEqual(["x"]);
    expect([...needs("(() => class { #x; m(o) { return o.#x; } })").privateNames]).toEqual([]);
  });

  test("import.meta and dynamic imports are noted", () => {
    const found = needs("(() => [import.meta.url, import('./a.js')])");
    expect(found.importMeta).toBe(true);
    expect(found.imports).toHaveLength(1);
  });
});
