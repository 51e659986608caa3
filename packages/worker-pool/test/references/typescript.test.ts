import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { fixturePath, type Line, type Run, run } from "./program.js";

const twice = (value: unknown) => [value, value]; // in a thread and in a process
const stripsTypes = (process as { features?: { typescript?: unknown } }).features?.typescript === "strip";
const tsx = findTsx();

function findTsx(): string | undefined {
  try {
    return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
  } catch {
    return undefined;
  }
}

function lineOf(program: Run): (name: string) => Line | undefined {
  return (name) => program.lines.find((each) => each.name === name);
}

const entry = fixturePath("typescript/entry.ts");
const runners: Array<[string, boolean, string[]]> = [
  ["Node's type stripping", stripsTypes, []],
  ["--import tsx", tsx !== undefined, ["--import", tsx ?? ""]],
];

for (const [title, available, flags] of runners) {
  (available ? describe : describe.skip)(`TypeScript by ${title}`, () => {
    let line: (name: string) => Line | undefined;
    beforeAll(async () => {
      const program = await run([...flags, entry]);
      if (program.code !== 0) throw new Error(program.stderr);
      line = lineOf(program);
    });

    test.each([
      ["typed", "typed", 6],
      ["arrow", "arrow", "a5"],
      ["parse", "Tools.parse", 5],
      ["default", "default", -4],
      ["entry", "entry", 6],
      ["factorial", "source", 120],
      ["named", "source", "inner5"],
    ])("%s", (name, sent, value) => expect(line(name)).toEqual({ name, sent, got: twice(value) }));

    test("error classes come back to the entry module", () => {
      expect(line("failing")?.got).toEqual(twice(expect.objectContaining({ cls: "OwnError" })));
    });

    test("refusals name the line that was written", () => {
      expect(line("hidden")?.refused).toMatch(/entry\.ts:24\).*`offset` \(line 10\)/);
    });
  });
}

(tsx === undefined ? describe.skip : describe)("TypeScript in a CommonJS package by --import tsx", () => {
  let folder: string;
  let program: Run;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "references-"));
    await copyFile(fixturePath("typescript/common-entry.txt"), join(folder, "entry.ts"));
    await writeFile(join(folder, "package.json"), '{ "type": "commonjs" }');
    const env = { EVERYWHERE: pathToFileURL(fixturePath("everywhere.mjs")).href };
    program = await run(["--import", tsx ?? "", join(folder, "entry.ts")], { env });
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each([
    ["entry", "entry", 6],
    ["parse", "Tools.parse", 5],
    ["subtract", "default", -4],
  ])("%s", (name, sent, value) => expect(lineOf(program)(name)).toEqual({ name, sent, got: twice(value) }));

  test("error classes come back, refusals name the line", () => {
    expect(lineOf(program)("failing")?.got).toEqual(twice(expect.objectContaining({ cls: "OwnError" })));
    expect(lineOf(program)("hidden")?.refused).toMatch(/entry\.ts:19\).*`offset` \(line 4\)/);
  });
});
