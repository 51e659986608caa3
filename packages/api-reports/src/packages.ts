/** The published packages and their entries. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const packagesFolder: string = fileURLToPath(new URL("../../", import.meta.url));

/** One module that users may import. */
export interface Entry {
  /** As users write it: `@concurrent-futures/core/errors`. */
  readonly specifier: string;
  /** Its declarations, as compiled. */
  readonly types: string;
  /** The folder of its package. */
  readonly home: string;
  /** Where its report is kept. */
  readonly report: string;
}

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly types: string }>>;
}

/** The entries of all packages that are published. */
export function publicEntries(): Entry[] {
  return readdirSync(packagesFolder)
    .sort()
    .map((name) => join(packagesFolder, name))
    .filter((home) => existsSync(join(home, "package.json")))
    .flatMap(entriesOf);
}

function entriesOf(home: string): Entry[] {
  const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as Manifest;
  if (manifest.private) return [];
  return Object.entries(manifest.exports ?? {}).flatMap(([path, target]): Entry[] => {
    if (typeof target === "string") return [];
    const report = join(home, "api", `${path === "." ? "index" : path.slice("./".length)}.md`);
    return [{ specifier: manifest.name + path.slice(".".length), types: join(home, target.types), home, report }];
  });
}
