/** Tasks of a module that only workers load. */
import { readFileSync } from "node:fs";

export function countWords(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

export function countWordsIn(file: URL | string): number {
  return countWords(readFileSync(file, "utf8"));
}
