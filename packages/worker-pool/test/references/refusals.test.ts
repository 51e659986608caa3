import { describe, expect, test } from "@jest/globals";
import { describeTask, functionLabel } from "../../dist/references/index.js";
import { importFixture, type Untyped } from "./fixture.js";

const functions = (await importFixture("unexported.mjs")).handOut();
const common = (await importFixture("unexported.cjs")).default();
const exported = await importFixture("exported.mjs");

function refusal(fn: unknown): Untyped {
  try {
    return { message: `not refused: ${JSON.stringify(describeTask(fn))}` };
  } catch (error) {
    return error;
  }
}

describe("a function that no worker could find is refused", () => {
  test("with its name, file and line, the reason, and what to do", () => {
    const error = refusal(functions.two);
    expect(error.name).toBe("TaskReferenceError");
    expect(error.code).toBe("ERR_TASK_REFERENCE");
    expect(error.message).toMatch(/^Cannot send "two" \(.*\/unexported\.mjs:\d+\) to a worker: /);
    expect(error.message).toContain(
      "it is not exported, and it uses `factor` (line 5) and `offset` (line 4) from around it",
    );
    expect(error.message).toMatch(/xport it from .* pass what it uses as arguments/);
    expect(error.message).toContain("inline(two, { captures: { factor, offset } })");
  });

  test.each<[string, Untyped, string]>([
    ["a constant that holds a literal", functions.literal, "`LITERAL` (line 7)"],
    ["a variable that it changes", functions.counts, "`counter` (line 6)"],
    ["itself through a variable that may change", functions.loose, "`loose`"],
    ["a function beside it", functions.even, "`odd`"],
    ["a function with the name of a global", functions.shadowedGlobal, "`fetch`"],
    ["a variable that only typeof asks for", functions.typeofOffset, "`offset`"],
    ["a variable of a function around it", functions.nested, "`inner`"],
    ["a global that the program added", functions.userGlobal, "`userDefinedGlobal`"],
    ["import.meta", functions.meta, "`import.meta`"],
    ["a private name", functions.privateName, "`#secret`"],
    ["a private static name", functions.privateStatic, "`#hidden`"],
    ["this, as a method", functions.ownThis, "`this`"],
    ["this of the function around it", functions.outerThis, "`this`"],
    ["super", functions.superior, "`super`"],
    ["new.target of the function around it", functions.target, "`new.target`"],
    ["arguments of the function around it", functions.arguments2, "`arguments`"],
    ["require", common.requires, "`require`"],
    ["a CommonJS module's __dirname", common.directory, "`__dirname`"],
    ["a CommonJS module's this", common.topThis, "`this`"],
  ])("because it uses %s", (_, fn, named) => {
    const error = refusal(fn);
    expect(error.name).toBe("TaskReferenceError");
    expect(error.message).toContain(named);
    expect(error.message).toMatch(/unexported\.[mc]js:\d+/);
  });

  test.each<[string, Untyped, RegExp]>([
    ["a class", functions.Class, /"Hidden" .* it is a class, and a task must be a function/],
    ["an exported class", exported.Tools, /"Tools" \(.*exported\.mjs:\d+\) .* it is a class/],
    ["a bound function", functions.bound, /"bound " .*bound function .*partial\(fn, \.\.\.args\)/],
    ["a proxy", new Proxy(functions.double, {}), /native, or a proxy/],
    ["a method of a class that uses this", exported.Tools.prototype.method, /`this`.*Export a function that calls it/],
  ])("because it is %s", (_, fn, expected) => {
    const error = refusal(fn);
    expect(error.name).toBe("TaskReferenceError");
    expect(error.message).toMatch(expected);
  });

  test("words that no capture could replace are not offered as captures", () => {
    expect(refusal(common.directory).message).not.toMatch(/captures: \{[^}]*__dirname/);
    expect(refusal(functions.arguments2).message).not.toMatch(/captures:/);
  });

  test.each([undefined, null, 5, "x", {}, [], Symbol("s"), 5n])("%p is no function at all: TypeError", (value) => {
    expect(refusal(value)).toBeInstanceOf(TypeError);
    expect(refusal(value).message).toMatch(/^Expected the task to be a function, got /);
  });
});

describe("functionLabel", () => {
  test("says name, file and line", () => {
    expect(functionLabel(exported.declared)).toMatch(/^"declared" \(.*\/exported\.mjs:8\)$/);
    expect(functionLabel(functions.nested)).toMatch(/^an anonymous function \(.*\/unexported\.mjs:\d+\)$/);
  });

  test("never throws", () => {
    expect(functionLabel(Math.max)).toBe('"max"');
    expect(functionLabel(5)).toBe("5");
    const nameless = () => 1;
    Object.defineProperty(nameless, "name", {
      get() {
        throw new Error("no");
      },
    });
    expect(functionLabel(nameless)).toMatch(/^an anonymous function/);
  });
});
