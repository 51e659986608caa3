import { fileURLToPath } from "node:url";
import { runInThisContext } from "node:vm";
import { afterEach, describe, expect, test } from "@jest/globals";
import { describeTask, loadTask, type TaskDescriptor } from "../../dist/references/index.js";
import { fixtureUrl, importFixture, type Untyped } from "./fixture.js";

const exported = await importFixture("exported.mjs");

describe("functions that an ES module exports are sent by reference", () => {
  const url = fixtureUrl("exported.mjs");
  const rows: Array<[string, Untyped, string, number]> = [
    ["a function declaration", exported.declared, "declared", 6],
    ["an async function", exported.asynchronous, "asynchronous", 6],
    ["an arrow function", exported.arrow, "arrow", 6],
    ["a function expression with another name", exported.expression, "expression", 6],
    ["the first on a line", exported.oneLine, "oneLine", 6],
    ["the second on a line", exported.beside, "beside", -4],
    ["a function exported under another name", exported.renamed, "renamed", 5],
    ["a name that is a string", exported["a name with spaces"], "a name with spaces", 7],
    ["a static method, with its class as this", exported.Tools.parse, "Tools.parse", 5],
    ["a static field", exported.Tools.hidden, "Tools.hidden", -4],
    ["a static method of a class exported under another name", exported.Exported.make, "Exported.make", 8],
    ["a method of an exported object", exported.api.parse, "api.parse", 9],
    ["a function deep in an exported object", exported.api.nested.deep, "api.nested.deep", 10],
    ["a function made by another from one of this module", exported.memoized, "memoized", 5],
    ["a function made by another from one that was made", exported.memoizedTwice, "memoizedTwice", 11],
    ["a bound function", exported.bound, "bound", 5],
    ["a proxy", exported.proxied, "proxied", 5],
    ["the value before a variable was assigned again", exported.original, "original", 12],
    ["the value after", exported.replaced, "replaced", 13],
    ["the default export", exported.default, "default", 14],
  ];
  // All before the first is loaded: a module that was loaded for a task is searched without looking closer.
  const descriptors = new Map(rows.map(([, fn]) => [fn, describeTask(fn)]));
  test.each(rows)("%s", async (_, fn, name, expected) => {
    const descriptor = descriptors.get(fn) as TaskDescriptor;
    expect(descriptor).toEqual({ kind: "module", url, name });
    expect(await (await loadTask(descriptor))(1)).toBe(expected);
  });

  test.each(["declared", "arrow", "unexportedMemo"])(
    "a function inside another one is not mistaken for an export: %s",
    (name) => {
      expect(() => describeTask(exported.impostors()[name])).toThrow(/it is not exported/);
    },
  );

  test("a constant in a block is not mistaken for the export of that name", () => {
    expect(() => describeTask(exported.blockOf())).toThrow(/it is not exported/);
  });

  test("a function whose name the module gave to another is not mistaken for that", () => {
    expect(describeTask(exported.swapped)).toEqual({ kind: "module", url, name: "swapped" });
    expect(() => describeTask(exported.beforeSwapOf())).toThrow(/it is not exported/);
  });

  test("a data: URL is a module like others", async () => {
    const data = "data:text/javascript,const offset = 5; export const f = (x) => x + offset";
    const descriptor = describeTask((await import(data)).f);
    expect(descriptor).toMatchObject({ kind: "module", name: "f" });
    expect(await (await loadTask(descriptor))(1)).toBe(6);
  });
});

describe("default exports without a variable", () => {
  test.each([
    ["default-object.mjs", "default.method", 6],
    ["default-object.mjs", "default.arrow", -4],
    ["default-object.mjs", "default.listed", 6],
    ["default-class.mjs", "default.parse", 6],
  ])("%s: %s", async (file, name, expected) => {
    const [, key = ""] = name.split(".");
    const descriptor = describeTask((await importFixture(file)).default[key]);
    expect(descriptor).toEqual({ kind: "module", url: fixtureUrl(file), name });
    expect(await (await loadTask(descriptor))(1)).toBe(expected);
  });
});

const common = {
  named: (await importFixture("named.cjs")).default,
  single: (await importFixture("single.cjs")).default,
  compiled: (await importFixture("compiled.cjs")).default,
};

describe("functions that a CommonJS module exports are sent by reference", () => {
  afterEach(() => {
    delete (globalThis as Untyped).describeWhileLoading;
  });

  const rows: Array<[string, string, Untyped, number]> = [
    ["named.cjs", "f", common.named.f, 6],
    ["named.cjs", "g", common.named.g, -4],
    ["named.cjs", "Tools.parse", common.named.Tools.parse, 5],
    ["named.cjs", "method", common.named.method, 6],
    ["named.cjs", "bound", common.named.bound, 6],
    ["single.cjs", "default", common.single, 6],
    ["single.cjs", "default.extra", common.single.extra, -4],
    ["compiled.cjs", "g", common.compiled.g, 6],
    ["compiled.cjs", "default", common.compiled.default, -4],
  ];
  const descriptors = new Map(rows.map(([, , fn]) => [fn, describeTask(fn)]));
  test.each(rows)("%s: %s", async (file, name, fn, expected) => {
    const descriptor = descriptors.get(fn) as TaskDescriptor;
    expect(descriptor).toEqual({ kind: "module", url: fixtureUrl(file), name });
    expect(await (await loadTask(descriptor))(1)).toBe(expected);
  });

  test("while the module is still loading, by what its text says it will export", async () => {
    const seen: unknown[] = [];
    (globalThis as Untyped).describeWhileLoading = (fn: unknown) => {
      try {
        seen.push(describeTask(fn));
      } catch (error) {
        seen.push((error as Error).name);
      }
    };
    await importFixture("loading.cjs");
    const url = fixtureUrl("loading.cjs");
    const byName = (name: string) => ({ kind: "module", url, name });
    expect(seen).toEqual([byName("early"), byName("arrow"), "TaskReferenceError"]);
  });
});

describe("modules that a test runner wraps into functions of its own", () => {
  const url = fixtureUrl("wrapped.mjs");
  const wrapped = `'use strict';async (__vite_ssr_exportName__) => {{
    __vite_ssr_exportName__("declared", () => { try { return declared } catch {} });
    __vite_ssr_exportName__("api", () => { try { return api } catch {} });
    __vite_ssr_exportName__("memoized", () => { try { return made } catch {} });
    const offset = 5;
    function declared(x) { return x + offset; }
    const api = { parse(x) { return x + offset; } };
    const make = (fn) => (x) => fn(x);
    const made = make(declared);
    const inner = () => { const api = (x) => x + offset; return [api, () => api]; };
    return { declared, api, made, other: make(declared), inner: inner()[0] };
  }}`;

  test("are looked at through what their functions close over", async () => {
    const { declared, api, made, other, inner } = await runInThisContext(wrapped, fileURLToPath(url))(() => {});
    expect(describeTask(declared)).toEqual({ kind: "module", url, name: "declared" });
    expect(describeTask(api.parse)).toEqual({ kind: "module", url, name: "api.parse" });
    expect(describeTask(made)).toEqual({ kind: "module", url, name: "memoized" });
    expect(() => describeTask(other)).toThrow(/it is not exported/);
    expect(() => describeTask(inner)).toThrow(/it is not exported/);
  });
});

describe("describing again", () => {
  test("gives the same descriptor, without looking again", () => {
    expect(describeTask(exported.declared)).toBe(describeTask(exported.declared));
  });
});
