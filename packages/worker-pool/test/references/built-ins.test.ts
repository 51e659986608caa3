import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { describeTask, loadTask } from "../../dist/references/index.js";
import type { Untyped } from "./fixture.js";

describe("functions that come with Node are found by name", () => {
  test.each<[string, Untyped, unknown[], unknown]>([
    ["Math.max", Math.max, [1, 3, 2], 3],
    ["parseInt", parseInt, ["12px"], 12],
    ["JSON.stringify", JSON.stringify, [{ a: 1 }], '{"a":1}'],
    ["String", String, [5], "5"],
    ["Promise.resolve, which needs its class", Promise.resolve, [5], 5],
    ["Buffer.byteLength", Buffer.byteLength, ["abc"], 3],
    ["structuredClone", structuredClone, [5], 5],
    ["process.umask", process.umask, [], process.umask()],
    ["basename", basename, ["/a/b.js"], "b.js"],
  ])("%s", async (_, fn, args, expected) => {
    expect(await (await loadTask(describeTask(fn)))(...args)).toBe(expected);
  });

  test("with the module that exports them", () => {
    expect(describeTask(basename)).toEqual({ kind: "module", url: "node:path", name: "basename" });
    expect(describeTask(readFile)).toEqual({ kind: "module", url: "node:fs/promises", name: "readFile" });
    expect(describeTask(gzipSync)).toEqual({ kind: "module", url: "node:zlib", name: "gzipSync" });
  });

  test("others are refused, and nothing hangs", () => {
    expect(() => describeTask(Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get)).toThrow(/native/);
    expect(() => describeTask(URL)).toThrow(/it is a class/);
  });
});
