import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMain } from "@concurrent-futures/core";
import { afterAll, beforeAll, expect, test } from "@jest/globals";

const core = new URL("../dist/index.js", import.meta.url).href;
let folder = "";

const entry = `
import { isMain } from ${JSON.stringify(core)};
import { imported } from "./imported.js";
import { Worker, isMainThread } from "node:worker_threads";
const forced = { url: import.meta.url }; // as on Nodes without import.meta.main
console.log(isMainThread ? "main" : "thread", isMain(import.meta), isMain(forced), imported);
if (isMainThread && process.argv[2] === "thread") new Worker(new URL(import.meta.url));
if (process.argv[2] === "mark") {
  globalThis[Symbol.for("concurrent-futures.worker")] = true;
  console.log("marked", isMain(import.meta), isMain(forced));
}
`;
const imported = `
import { isMain } from ${JSON.stringify(core)};
export const imported = isMain({ url: import.meta.url });
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "is-main-"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module", "main": "entry file.js" }');
  writeFileSync(join(folder, "entry file.js"), entry);
  writeFileSync(join(folder, "imported.js"), imported);
  writeFileSync(join(folder, "other.js"), 'import "./entry file.js";');
  symlinkSync(join(folder, "entry file.js"), join(folder, "link.js"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: string[], input?: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, input, encoding: "utf8" });
  return stderr || stdout.trim();
}

test("is true for the entry module, by its path, a symbolic link, or its folder", () => {
  for (const path of ["entry file.js", "link.js", join(folder, "entry file.js"), "."]) {
    expect(run([path])).toBe("main true true false");
  }
});

test("is false for an imported module", () => {
  expect(run(["other.js"])).toBe("main false false false");
});

test("is false in other threads, and in our workers", () => {
  expect(run(["entry file.js", "thread"])).toBe("main true true false\nthread false false false");
  expect(run(["entry file.js", "mark"])).toBe("main true true false\nmarked false false");
});

test("is true for a program on the command line or on standard input", () => {
  const program = `import { isMain } from ${JSON.stringify(core)}; console.log(isMain(import.meta))`;
  expect(run(["--input-type=module", "-e", program])).toBe("true");
  expect(run(["--input-type=module", "-"], program)).toBe("true");
});

test("believes import.meta.main where Node has it, and copes with addresses that are no files", () => {
  expect(isMain({ url: "file:///x.js", main: true })).toBe(true);
  expect(isMain({ url: `file://${fileURLToPath(import.meta.url)}`, main: false })).toBe(false);
  expect(isMain({ url: "https://example.com/x.js" })).toBe(false);
  expect(isMain({ url: "data:text/javascript," })).toBe(false);
});
