/** The packages that are published, as they are in this checkout and as they are packed. */
import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mustRun } from "./run.js";

export const root: string = fileURLToPath(new URL("../../../", import.meta.url));

/** What a package exports under one name; `bundled` is there in a checkout only, for `--conditions=bundled`. */
export interface Entry {
  readonly types: string;
  readonly bundled?: string;
  readonly default: string;
}

/** What the tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly version: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | Entry>>;
  readonly [field: string]: unknown;
}

export interface PublicPackage {
  /** Its name under packages/. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export async function readManifest(folder: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Manifest;
}

export async function publicPackages(): Promise<PublicPackage[]> {
  const folders = await readdir(join(root, "packages"));
  const all = await Promise.all(
    folders.sort().map(async (folder) => ({ folder, manifest: await readManifest(join(root, "packages", folder)) })),
  );
  return all.filter(({ manifest }) => manifest.private !== true);
}

/**
 * Packs every public package as it would be published: pnpm writes the versions of the workspace into it.
 *
 * @returns the tarballs' paths by the packages' names
 */
export async function packInto(folder: string): Promise<Map<string, string>> {
  const packages = await publicPackages();
  const { scripts = {} } = await readManifest(root);
  const pnpm = /pnpm@[\d.]+/.exec(scripts["setup"] ?? "")?.[0] ?? "pnpm";
  const filters = packages.map(({ manifest }) => `--filter=${manifest.name}`);
  await mkdir(folder, { recursive: true });
  await mustRun("npx", ["--yes", pnpm, ...filters, "--recursive", "pack", "--pack-destination", folder], { cwd: root });
  return new Map(packages.map(({ manifest }) => [manifest.name, join(folder, tarballOf(manifest))]));
}

function tarballOf({ name, version }: Manifest): string {
  return `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;
}
