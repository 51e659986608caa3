/** What every published package says of itself. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { type Manifest, type PublicPackage, publicPackages, readManifest, root } from "./packages.js";

const packages = await publicPackages();
const workspace = await readManifest(root);
const byName = ({ folder, manifest }: PublicPackage) => [folder, manifest] as const;

test("the packages that are published", () => {
  expect(packages.map(({ folder }) => folder)).toEqual([
    "bullmq-executor",
    "concurrent-futures",
    "core",
    "multiprocessing",
    "process-executor",
    "shared",
    "testkit",
    "thread-executor",
    "threads-executor",
    "worker-pool",
  ]);
});

describe.each(packages.map(byName))("%s", (folder, manifest) => {
  test("has the license, the engines and the kind of modules of all", () => {
    const { license, engines, type } = workspace;
    expect(manifest).toMatchObject({ license, engines, type });
  });

  test("is published for everyone, with its provenance", () => {
    expect(manifest["publishConfig"]).toMatchObject({ access: "public", provenance: true });
  });

  test("publishes the entries that it has here, with the same types, where there are bundles as those", () => {
    const { exports } = manifest["publishConfig"] as { exports?: Manifest["exports"] };
    const published = Object.entries(manifest.exports).map(([path, entry]) => {
      if (typeof entry === "string") return [path, entry];
      const { types, bundled } = entry;
      if (bundled !== undefined) expect(bundled).toBe(entry.default.replace(/\.js$/, ".bundle.js"));
      return [path, { types, default: bundled ?? entry.default }];
    });
    expect(exports ?? manifest.exports).toEqual(Object.fromEntries(published));
  });

  test("names the repository that the workspace names, if it does, and its folder there", () => {
    const { repository } = workspace;
    const own = repository && { ...(repository as object), directory: `packages/${folder}` };
    expect(manifest["repository"]).toEqual(own);
  });

  test("says for each entry where its types are, and first", () => {
    for (const [path, target] of Object.entries(manifest.exports)) {
      if (path === "./package.json") continue;
      const conditions = typeof target === "object" ? Object.keys(target) : [];
      expect(conditions.filter((condition) => condition !== "bundled")).toEqual(["types", "default"]);
    }
  });

  test("says which modules have side effects", () => {
    expect(manifest).toHaveProperty("sideEffects");
  });

  test("publishes sources beside what was made of them", () => {
    expect(manifest["files"]).toEqual(["dist", "src", "!dist/.tsbuildinfo"]);
  });

  test("has a readme whose links lead somewhere", () => {
    const home = join(root, "packages", folder);
    const links = [...readFileSync(join(home, "README.md"), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
    expect(links.length).toBeGreaterThan(0);
    expect(links.map(([, link = ""]) => link).filter((link) => !existsSync(join(home, link)))).toEqual([]);
  });

  test("has the version of all the others", () => {
    expect(manifest.version).toBe(packages[0]?.manifest.version);
  });
});
