/** What is in the packages when they are packed, and what the tools that check packages say of it. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, posix } from "node:path";
import { checkPackage, createPackageFromTarballData, type Package } from "@arethetypeswrong/core";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { type Manifest, packInto, publicPackages } from "./packages.js";

const packages = await publicPackages();
/** Only ES modules are promised; `require` of them is tested where Node has it. */
const ESM_ONLY = new Set(["node16-esm", "bundler"]);

let folder: string;
let tarballs: Map<string, string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tarballs-"));
  tarballs = await packInto(folder);
}, 900_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const read = async (name: string) => new Uint8Array(await readFile(tarballs.get(name) ?? ""));

/** The files of a package by their paths in it. */
async function filesOf(name: string): Promise<{ paths: Set<string>; text(path: string): string }> {
  const packed: Package = createPackageFromTarballData(await read(name));
  const prefix = `/node_modules/${name}/`;
  return {
    paths: new Set(packed.listFiles().map((path) => path.slice(prefix.length))),
    text: (path) => packed.readFile(prefix + path),
  };
}

describe.each(packages.map(({ manifest }) => manifest.name))("%s", (name) => {
  test("publint finds nothing to say", async () => {
    const { buffer } = await read(name);
    const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("its types are found where its modules are found", async () => {
    const analysis = await checkPackage(createPackageFromTarballData(await read(name)));
    expect(analysis).toMatchObject({ packageName: name, types: { kind: "included" } });
    const problems = analysis.types === false ? [] : "problems" in analysis ? analysis.problems : [];
    const told = problems.filter((problem) => !("resolutionKind" in problem) || ESM_ONLY.has(problem.resolutionKind));
    expect(told).toEqual([]);
  });

  test("has a license, a readme, and every file that its exports name", async () => {
    const { paths, text } = await filesOf(name);
    const { exports } = JSON.parse(text("package.json")) as Manifest;
    const targets = Object.values(exports).flatMap((to) => (typeof to === "string" ? [to] : Object.values(to)));
    const wanted = ["LICENSE", "README.md", ...targets.map((target) => target.replace("./", ""))];
    expect(wanted.filter((path) => !paths.has(path))).toEqual([]);
  });

  test("has nothing but those, modules with types and maps, and sources", async () => {
    const { paths } = await filesOf(name);
    const expected =
      /^(LICENSE|README\.md|package\.json|dist\/[\w/.-]+\.((js|d\.ts)(\.map)?|bundle\.cjs)|src\/[\w/.-]+\.(ts|md))$/;
    expect([...paths].filter((path) => !expected.test(path))).toEqual([]);
  });

  test("has the sources that its maps name", async () => {
    const { paths, text } = await filesOf(name);
    const maps = [...paths].filter((path) => path.endsWith(".map"));
    expect(maps.length).toBeGreaterThan(0);
    for (const map of maps) {
      const { sources } = JSON.parse(text(map)) as { sources: string[] };
      const places = sources.map((source) => posix.join(dirname(map), source));
      expect([map, places.filter((place) => !paths.has(place))]).toEqual([map, []]);
    }
  });

  test("asks for the other packages by their versions", async () => {
    const { text } = await filesOf(name);
    expect(text("package.json")).not.toContain("workspace:");
  });
});
