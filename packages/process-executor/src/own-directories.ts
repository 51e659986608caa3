/**
 * Where the code that every worker runs lies: this package and what it depends on. A worker that may read only what a
 * user names must be able to read these as well.
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * @param options.addons whether koffi, the optional dependency, is among them
 */
export function ownDirectories({ addons }: { readonly addons: boolean }): string[] {
  const found = new Set<string>();
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  visit(root, addons, found);
  return [...found];
}

function visit(directory: string, optional: boolean, found: Set<string>): void {
  if (found.has(directory)) return;
  found.add(directory);
  const manifest = join(directory, "package.json");
  if (!existsSync(manifest)) return; // bundled: there is nothing more to find
  const { dependencies, peerDependencies, optionalDependencies }: Manifest = JSON.parse(readFileSync(manifest, "utf8"));
  const names = Object.keys({ ...dependencies, ...peerDependencies, ...(optional && optionalDependencies) });
  const lookup = createRequire(manifest).resolve;
  for (const name of names) {
    // Node looks in one directory after the other, and being refused is an error, not a reason to look further. The
    // last one may be a link, which is read itself and then what it points to.
    for (const parent of lookup.paths(name) ?? []) {
      const candidate = join(parent, name);
      const exists = existsSync(candidate);
      if (exists) visit(realpathSync(candidate), optional, found);
      found.add(candidate);
      if (exists) break;
    }
  }
}
