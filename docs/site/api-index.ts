/** The two pages of the API that TypeDoc does not write: the packages, and the names that programs import. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type DeclarationReflection, ReflectionKind } from "typedoc";
import type { ApiPackage } from "./api-packages.js";

/** A name that can be imported. */
export interface ApiName {
  readonly reflection: DeclarationReflection;
  /** Its page in docs/api. */
  readonly page: string;
}

/** The docstring of a name, its own or its first signature's. */
export function docstring(reflection: DeclarationReflection): string {
  const comment = reflection.comment ?? reflection.signatures?.find((signature) => signature.comment)?.comment;
  return comment?.summary.map((part) => part.text).join("") ?? "";
}

/** Writes docs/api/index.md. */
export function writePackagesPage(out: string, packages: readonly ApiPackage[]): void {
  const rows = packages.map(({ folder, name, description }) => `| [${name}](${folder}/index.md) | ${description} |`);
  write(join(out, "index.md"), [
    "# API",
    "Programs import everything from `concurrent-futures`. Its parts can be installed and imported by themselves; " +
      "those who build executors or test them need the others.",
    ["| Package | What it is |", "| --- | --- |", ...rows].join("\n"),
  ]);
}

const SECTIONS: ReadonlyArray<[title: string, has: (reflection: DeclarationReflection) => boolean]> = [
  ["Executors", ({ name, kind }) => kind === ReflectionKind.Class && name.endsWith("Executor")],
  ["Errors", ({ name, kind }) => kind === ReflectionKind.Class && name.endsWith("Error")],
  ["Classes", ({ kind }) => kind === ReflectionKind.Class],
  ["Functions", ({ kind }) => kind === ReflectionKind.Function],
  ["Constants", ({ kind }) => kind === ReflectionKind.Variable],
  ["Types", () => true],
];

/** Writes the page of the package that gathers the others: all its names, by what they are. */
export function writeNamesPage(out: string, owner: ApiPackage, names: readonly ApiName[]): void {
  const left = new Set([...names].sort((a, b) => (a.reflection.name < b.reflection.name ? -1 : 1)));
  const sections = SECTIONS.flatMap(([title, has]) => {
    const found = [...left].filter(({ reflection }) => has(reflection));
    for (const name of found) left.delete(name);
    if (found.length === 0) return [];
    const rows = found.map(
      ({ reflection, page }) => `| [${reflection.name}](../${page}) | ${firstSentence(docstring(reflection))} |`,
    );
    return [`## ${title}`, ["| Name | What it is |", "| --- | --- |", ...rows].join("\n")];
  });
  write(join(out, owner.folder, "index.md"), [`# ${owner.name}`, `${owner.description}.`, ...sections]);
}

/** What fits into a table. */
function firstSentence(docstring: string): string {
  const [sentence = ""] = docstring.split(/(?<=[.:])\s|\n\n/);
  return sentence.replaceAll("\n", " ").replaceAll("|", "\\|").replace(/:$/, ".");
}

function write(file: string, paragraphs: readonly string[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${paragraphs.join("\n\n")}\n`);
}
