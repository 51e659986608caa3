/** The packages whose names the API pages describe: those that are published. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { packagesFolder } from "./folders.js";

export interface ApiPackage {
  /** What programs import from. */
  readonly name: string;
  /** The folder in `packages/`, and in `docs/api/`. */
  readonly folder: string;
  readonly description: string;
}

/** The one that gathers the others. */
export const UMBRELLA = "concurrent-futures";

/** The order in which the site shows them; new ones come last. */
const ORDER = [
  ...[UMBRELLA, "core", "thread-executor", "process-executor", "multiprocessing", "shared"],
  ...["threads-executor", "testkit", "worker-pool"],
];

export function apiPackages(): ApiPackage[] {
  const place = (folder: string) => (ORDER.includes(folder) ? ORDER.indexOf(folder) : ORDER.length);
  return readdirSync(packagesFolder)
    .filter((folder) => existsSync(join(packagesFolder, folder, "src/index.ts")))
    .sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1))
    .map((folder) => ({ folder, ...manifest(folder) }))
    .filter((each) => !each.private)
    .map(({ folder, name, description }) => ({ folder, name, description }));
}

function manifest(folder: string): { name: string; description: string; private?: boolean } {
  return JSON.parse(readFileSync(join(packagesFolder, folder, "package.json"), "utf8"));
}
