import { runInThisContext } from "node:vm";
import { inline } from "@concurrent-futures/core";
import { describe, expect, test } from "@jest/globals";
import { describeTask, loadTask, type TaskDescriptor } from "../../dist/references/index.js";
import { fixtureUrl, importFixture, type Untyped } from "./fixture.js";

const functions = (await importFixture("unexported.mjs")).handOut();
const common = (await importFixture("unexported.cjs")).default();
const compiled = (await importFixture("compiled-helpers.mjs")).handOut();

type Source = TaskDescriptor & { kind: "source" };

async function travel(fn: Untyped): Promise<Untyped> {
  const descriptor = describeTask(fn);
  expect(descriptor.kind).toBe("source");
  return loadTask(JSON.parse(JSON.stringify(descriptor)));
}

describe("functions that use nothing from around them travel as source", () => {
  test.each<[string, unknown[], unknown]>([
    ["double", [4], 8],
    ["async", [4], 5],
    ["factorial", [5], 120],
    ["fibonacci", [10], 55],
    ["method", [4], 5],
    ["computed1", [4], [4]],
    ["getter", [], 7],
    ["arguments", [1, 2, 3], 3],
    ["strictThis", [], true],
    ["instanceMethod", [4], 5],
    ["typeofMissing", [], "undefined"],
    ["importing", [], "sibling"],
    ["importingBuiltIn", [], "function"],
    ["importingComputed", ["sibling"], "sibling"],
    ["defaults", [1, undefined, 2, 3], [1, 1, [2, 3]]],
    ["withClass", [], 1],
    ["shadowing", [{ max: 5 }], 5],
  ])("%s", async (name, args, expected) => {
    const fn = await travel(functions[name]);
    expect(JSON.stringify(await fn(...args))).toBe(JSON.stringify(expected));
  });

  test("generators stay what they are", async () => {
    expect([...(await travel(functions.generator))(3)]).toEqual([3, 2, 1]);
    for await (const value of (await travel(functions.asyncGenerator))(4)) expect(value).toBe(4);
  });

  test("a method's own name is no variable inside it", async () => {
    // The fixture declares a function `fetch`; an object's method of that name means it, not itself.
    expect(() => describeTask(functions.fetching)).toThrow(/`fetch` \(line \d+\)/);
  });

  test("a setter is a function of one argument", async () => {
    (await travel(functions.setter))(8);
    expect(runInThisContext("globalThis.setByTask")).toBe(8);
  });

  test.each(["double", "method", "computed1", "fibonacci", "factorial"])("the name stays: %s", async (name) => {
    expect((await travel(functions[name])).name).toBe(name);
  });

  test("errors show the place in the file that the function was written in", async () => {
    const fn = await travel(functions.throwing);
    const line = /unexported\.mjs:(\d+)/.exec((describeTask(functions.throwing) as Source).label)?.[1];
    expect(fn).toThrow("from the task");
    try {
      fn();
    } catch (error) {
      expect((error as Error).stack).toContain(`${fixtureUrl("unexported.mjs")}:${Number(line) + 1}:`);
    }
  });

  test("functions that one piece of code makes share a descriptor, unless their names differ", () => {
    const make = (name: string) => ({ [name]: (x: number) => x + 1 })[name];
    expect(describeTask(make("a"))).toBe(describeTask(make("a")));
    expect(describeTask(make("a"))).not.toEqual(describeTask(make("b")));
  });

  test("sloppy code stays sloppy, strict code strict", async () => {
    expect((await travel(common.sloppy))()).toBe("object");
    expect((await travel(common.sloppyOctal))()).toBe(8);
    expect((await travel(common.strict))()).toBe("undefined");
  });

  test("code made by the Function constructor and by scripts travels too", async () => {
    expect((await travel(new Function("x", "return x + 1")))(4)).toBe(5);
    expect((await travel(runInThisContext("(x) => x + 2")))(4)).toBe(6);
  });
});

describe("what compilers put around is given along", () => {
  test("esbuild's __name, and Istanbul's counters", async () => {
    expect((await travel(compiled.covered))(4)).toEqual([4, "renamed"]);
  });

  test("a constant that calls itself, inside __name", async () => {
    expect((await travel(compiled.factorial))(5)).toBe(120);
  });

  test("helpers that compilers declare by var, with those that they use", async () => {
    expect((await travel(compiled.helped))(4)).toBe(9);
    expect((await travel(compiled.circular))(4)).toBe(4);
  });

  test("but not one that uses the module's state", () => {
    expect(() => describeTask(compiled.state)).toThrow(/`__bound`/);
  });
});

describe("inline() sends the values that it names", () => {
  const offset = 5;
  const factor = 3;

  test("along with the source", async () => {
    const descriptor = describeTask(
      inline((x: number) => x * factor + offset, { captures: { offset, factor } }),
    ) as Source;
    expect(descriptor.captures).toEqual({ offset: 5, factor: 3 });
    expect(await (await loadTask(descriptor))(4)).toBe(17);
  });

  test("also of an exported function, and in place of its own name", async () => {
    const { declared } = await importFixture("exported.mjs");
    expect(await (await loadTask(describeTask(inline(declared, { captures: { offset: 100 } }))))(1)).toBe(101);
    const own = inline(functions.factorial, { captures: { factorial: (n: number) => n } });
    expect(await (await loadTask(describeTask(own)))(5)).toBe(20);
  });

  test("and refuses what it does not name", () => {
    const task = inline((x: number) => x * factor + offset, { captures: { offset } });
    expect(() => describeTask(task)).toThrow(/it uses `factor` .*inline\(fn, \{ captures: \{ offset, factor \} \}\)/);
  });

  test("refuses classes, bound functions and names that no variable can have", () => {
    const Class = class {} as unknown as () => void;
    expect(() => describeTask(inline(Class))).toThrow(/it is a class/);
    expect(() => describeTask(inline(functions.bound))).toThrow(/no source of its own/);
    expect(() => describeTask(inline(() => 1, { captures: { class: 1 } }))).toThrow(TypeError);
  });
});
