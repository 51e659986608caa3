/** What `changeset version` makes of the changes that wait in .changeset. */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { publicPackages, readManifest, root } from "./packages.js";
import { mustRun } from "./run.js";

const cli = createRequire(join(root, "package.json")).resolve("@changesets/cli/bin.js");
const packages = await publicPackages();

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "versions-"));
  const files = ["package.json", "pnpm-workspace.yaml", "pnpm-lock.yaml", ".changeset"];
  for (const file of files) await cp(join(root, file), join(copy, file), { recursive: true });
  for (const { folder } of packages) {
    await mkdir(join(copy, "packages", folder), { recursive: true });
    await cp(join(root, "packages", folder, "package.json"), join(copy, "packages", folder, "package.json"));
  }
  // So that there is always a change to be released.
  const change = '---\n"@concurrent-futures/core": patch\n---\n\nA change.\n';
  await writeFile(join(copy, ".changeset", "change-of-core.md"), change);
});
afterAll(() => rm(copy, { recursive: true, force: true }));

test("a change of one package gives all of them the same new version", async () => {
  await mustRun(process.execPath, [cli, "version"], { cwd: copy });
  const manifests = await Promise.all(packages.map(({ folder }) => readManifest(join(copy, "packages", folder))));
  const [version = "", ...others] = new Set(manifests.map((manifest) => manifest.version));
  expect([others, packages.some(({ manifest }) => manifest.version === version)]).toEqual([[], false]);
}, 600_000);
