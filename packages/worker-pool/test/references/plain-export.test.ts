import { describe, expect, test } from "@jest/globals";
import { inspect } from "../../dist/references/inspection.js";
import { plainExport } from "../../dist/references/plain-export.js";
import { fixtureUrl, importFixture } from "./fixture.js";

const url = fixtureUrl("plain.mjs");
const exported = (await importFixture("plain.mjs")) as Record<string, unknown>;

function find(name: string): unknown {
  const value = exported[name] as object;
  return inspect((inspection) => plainExport(inspection, value, inspection.look(value)));
}

describe("plainExport", () => {
  test.each([
    "declared",
    "asyncDeclared",
    "generator",
    "asyncGenerator",
    "default",
    "arrow",
    "asyncArrow",
    "expression",
    "variable",
    "afterAstral",
    "Class",
    "ClassWithConstructor",
  ])("finds %s by the text before it", (name) => {
    expect(find(name)).toEqual({ url, name });
  });

  test.each(["made", "replaced", "renamed", "listed", "member", "lookalike"])(
    "leaves %s to the search by syntax",
    (name) => {
      expect(find(name)).toBeUndefined();
    },
  );

  test("has nothing to say of functions without a module", () => {
    const functions = [Math.max, (() => 0).bind(null), new Function("return 0"), new Proxy(() => 0, {})];
    for (const fn of functions) {
      expect(inspect((inspection) => plainExport(inspection, fn, inspection.look(fn)))).toBeUndefined();
    }
  });
});
