import { AssertionError } from "node:assert";
import { describe, expect, test } from "@jest/globals";
import { describeClass, findClass, loadClass } from "../../dist/references/index.js";
import { fixtureUrl, importFixture } from "./fixture.js";

const exported = await importFixture("exported.mjs");
const common = (await importFixture("named.cjs")).default;
const classes = await importFixture("classes.mjs");

describe("classes are found like functions", () => {
  test.each([
    ["with an implicit constructor", classes.Implicit, "Implicit"],
    ["with a constructor", classes.Explicit, "Explicit"],
    ["with fields only", classes.Fields, "Fields"],
    ["derived", classes.Derived, "Derived"],
    ["under another name", classes.Renamed, "Renamed"],
    ["an expression", classes.Expression, "Expression"],
    ["the default, without a name", classes.default, "default"],
    ["made by a function", classes.Mixed, "Mixed"],
    ["inside of another", classes.Outer.Inner, "Outer.Inner"],
  ])("%s", async (_, cls, name) => {
    const descriptor = describeClass(cls);
    expect(descriptor).toEqual({ url: fixtureUrl("classes.mjs"), name });
    expect(await loadClass(descriptor as NonNullable<typeof descriptor>)).toBe(cls);
  });

  test("of CommonJS modules and of Node's own", () => {
    expect(describeClass(common.CommonError)).toEqual({ url: fixtureUrl("named.cjs"), name: "CommonError" });
    expect(findClass({ url: fixtureUrl("named.cjs"), name: "CommonError" })).toBe(common.CommonError);
    expect(describeClass(AssertionError)).toEqual({ url: "node:assert", name: "AssertionError" });
  });

  test("those that are not exported are not found, and nothing is thrown", () => {
    class Local {}
    expect(describeClass(Local)).toBeUndefined();
    expect(describeClass(classes.hidden())).toBeUndefined();
    expect(describeClass(classes.impostor())).toBeUndefined();
    expect(describeClass(undefined)).toBeUndefined();
    expect(describeClass({})).toBeUndefined();
  });
});

describe("getting a class back", () => {
  const url = fixtureUrl("exported.mjs");

  test("a described class is at hand", () => {
    const descriptor = describeClass(exported.Tools);
    expect(findClass(descriptor as NonNullable<typeof descriptor>)).toBe(exported.Tools);
  });

  test("one that is not described, but in the module of something that was, is at hand too", () => {
    expect(findClass({ url, name: "Exported" })).toBe(exported.Exported);
    expect(findClass({ url, name: "NotThere" })).toBeUndefined();
  });

  test("another is imported", async () => {
    const descriptor = { url: fixtureUrl("more-classes.mjs"), name: "Unseen" };
    expect(findClass(descriptor)).toBeUndefined();
    const found = await loadClass(descriptor);
    expect(found).toBe((await importFixture("more-classes.mjs")).Unseen);
    expect(findClass(descriptor)).toBe(found);
  });

  test("but not where it is not needed and its module was never loaded", () => {
    expect(loadClass({ url: fixtureUrl("never-loaded.mjs"), name: "Any" }, false)).toBeUndefined();
  });

  test("what is not there rejects", async () => {
    await expect(loadClass({ url, name: "NotThere" })).rejects.toThrow(/has no export named "NotThere"/);
    await expect(loadClass({ url: fixtureUrl("not-functions.mjs"), name: "number" })).rejects.toThrow(/to be a class/);
  });
});
