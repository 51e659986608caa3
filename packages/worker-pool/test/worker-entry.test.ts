import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { bundleOf } from "../dist/worker-entry.js";

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
    const bundle = file("thread-executor/dist/worker.bundle.js", 1000);
    expect(bundleOf(href, "worker")).toEqual(bundle);
  });

  test.each(["thread-executor", "worker-pool", "core"])("is undefined once %s has been compiled again", (part) => {
    const { href } = file("thread-executor/dist/index.js", 1000);
    const bundle = file("thread-executor/dist/worker.bundle.js", 2000);
    file(`${part}/dist/.tsbuildinfo`, 1000);
    expect(bundleOf(href, "worker")).toEqual(bundle);
    file(`${part}/dist/.tsbuildinfo`, 3000);
    expect(bundleOf(href, "worker")).toBeUndefined();
  });
});
