import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { bundleOf, missingEntry } from "../dist/worker-entry.js";

let packages: string;

beforeEach(() => {
  packages = mkdtempSync(join(tmpdir(), "concurrent-futures-test-"));
});

afterEach(() => {
  rmSync(packages, { recursive: true });
});

/** @param time  when it was written, in seconds since 1970 */
function file(path: string, time: number): URL {
  const full = join(packages, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, "");
  utimesSync(full, time, time);
  return pathToFileURL(full);
}

describe("bundleOf", () => {
  test("is undefined where there is no bundle", () => {
    const { href } = file("thread-executor/dist/index.js", 1000);
    expect(bundleOf(href, "worker")).toBeUndefined();
  });

  test("is the bundle beside the module, in a published package", () => {
    const { href } = file("thread-executor/dist/index.js", 1000);
    const bundle = file("thread-executor/dist/worker.bundle.cjs", 1000);
    expect(bundleOf(href, "worker")).toEqual(bundle);
  });

  test.each(["thread-executor", "worker-pool", "core"])("is undefined once %s has been compiled again", (part) => {
    const { href } = file("thread-executor/dist/index.js", 1000);
    const bundle = file("thread-executor/dist/worker.bundle.cjs", 2000);
    file(`${part}/dist/.tsbuildinfo`, 1000);
    expect(bundleOf(href, "worker")).toEqual(bundle);
    file(`${part}/dist/.tsbuildinfo`, 3000);
    expect(bundleOf(href, "worker")).toBeUndefined();
  });
});

describe("missingEntry", () => {
  test("is undefined where the entry is there", () => {
    expect(missingEntry(fileURLToPath(file("thread-executor/dist/worker.js", 1000)))).toBeUndefined();
  });

  test("names the file, what may have happened, and what to do", () => {
    const path = join(packages, "bundle", "worker.js");
    expect(missingEntry(path)?.message).toMatch(
      /not there: .*worker\.js\. Has a bundler .*Leave concurrent-futures out of the bundle .*--packages=external/,
    );
  });
});
