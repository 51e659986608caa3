import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const packages = fileURLToPath(new URL("../../../packages/", import.meta.url));

/** The names that a package's index.ts exports, which is re-exports only. */
export function exportedNames(folder: string): string[] {
  const source = readFileSync(join(packages, folder, "src/index.ts"), "utf8").replaceAll(/\/\/.*$/gm, "");
  const named = [...source.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, names = ""]) =>
    names
      .split(",")
      .map((name) => name.replace(/^\s*type\s/, "").trim())
      .filter(Boolean),
  );
  const all = [...source.matchAll(/export \* from "@concurrent-futures\/([\w-]+)"/g)].flatMap(([, other = ""]) =>
    exportedNames(other),
  );
  return [...new Set([...named, ...all])].sort();
}
