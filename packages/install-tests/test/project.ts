/**
 * A user's project: a folder outside of this checkout in which npm has installed the packed packages. The cases are
 * folders in it, so that they share its node_modules. The tools that they use are linked from this checkout, where they
 * are installed already.
 */
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packInto } from "./packages.js";
import { mustRun } from "./run.js";

const own = fileURLToPath(new URL("../", import.meta.url));
const tools = ["@jest/globals", "@types/node", "esbuild", "jest", "ts-jest", "tsx", "typescript", "vite", "vitest"];

export interface Project {
  readonly folder: string;
  /** Something outside of the project, where nothing is installed. */
  readonly elsewhere: string;
  /** The path of a file in node_modules. */
  installed(path: string): string;
  remove(): Promise<void>;
}

export async function makeProject(): Promise<Project> {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), "installed-")));
  const folder = join(scratch, "project");
  const elsewhere = join(scratch, "elsewhere");
  const tarballs = await packInto(join(scratch, "tarballs"));
  await cp(join(own, "fixtures"), folder, { recursive: true });
  await mkdir(elsewhere);
  await writeFile(join(folder, "package.json"), '{ "private": true }');
  const install = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--fetch-retries=5"];
  await mustRun("npm", [...install, ...tarballs.values()], { cwd: folder });
  const installed = (path: string) => join(folder, "node_modules", path);
  for (const tool of tools) {
    await mkdir(dirname(installed(tool)), { recursive: true });
    await symlink(await realpath(join(own, "node_modules", tool)), installed(tool), "junction");
  }
  return { folder, elsewhere, installed, remove: () => rm(scratch, { recursive: true, force: true }) };
}
