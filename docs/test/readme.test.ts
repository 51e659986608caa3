import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import { slugify } from "../dist/site/markdown.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = join(root, "docs", "examples");
const read = (page: string) => readFileSync(join(root, page), "utf8");

const markdownIn = (folder: string, recursive = false) =>
  readdirSync(join(root, folder), { recursive, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join(folder, file));

/** Folders in docs that hold no pages, or generated ones. */
const OTHERS = ["api", "benchmarks", "dist", "dist-test", "examples", "node_modules", "public", "site", "test"];

const pages = [
  "README.md",
  ...markdownIn("docs"),
  ...readdirSync(join(root, "docs"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !OTHERS.includes(entry.name))
    .flatMap(({ name }) => markdownIn(join("docs", name), true)),
];

const readmes = readdirSync(join(root, "packages")).flatMap((name) =>
  ["README.md", "src/README.md"]
    .map((file) => join("packages", name, file))
    .filter((file) => existsSync(join(root, file))),
);

/** Code as it is but for where its lines are broken, so that a part of an example can be shown without its indentation. */
const words = (code: string) => code.replaceAll(/\s+/g, "").replaceAll(/,(?=[)\]}])/g, "");

/** What is not code. */
const prose = (page: string) => read(page).replaceAll(/^ *```.*?^ *```/gms, "");

/** Where in a page links may lead: its headings, as GitHub and the site number those that are alike, and its `id`s. */
function anchors(page: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = [...prose(page).matchAll(/^#+ +(.+?) *$/gm)].map(([, heading = ""]) => {
    const slug = slugify(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").replaceAll(/[`*]/g, ""));
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times === 0 ? slug : `${slug}-${times}`;
  });
  return new Set([...headings, ...[...read(page).matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id = ""]) => id)]);
}

describe("pages", () => {
  const programs = readdirSync(examples, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => words(readFileSync(join(examples, file), "utf8")));

  test("those in folders are among them", () => {
    const guides = existsSync(join(root, "docs/guides")) ? readdirSync(join(root, "docs/guides")) : [];
    expect(pages).toEqual(expect.arrayContaining(guides.map((file) => join("docs/guides", file))));
    expect(pages.filter((page) => /node_modules|^docs.api/.test(page))).toEqual([]);
  });

  test.each(pages)("%s shows only TypeScript that is part of an example", (page) => {
    const blocks = [...read(page).matchAll(/^( *)```ts\n(.*?)^\1```$/gms)];
    for (const [, , block] of blocks) {
      const shown = words(block ?? "");
      expect(programs.some((program) => program.includes(shown)) || block).toBe(true);
    }
  });

  test.each([...pages, ...readmes])("%s links to files and headings that exist", (page) => {
    const links = [...prose(page).matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?(?: "[^"]*")?\)/g)];
    for (const [link, path = "", anchor] of links) {
      const target = path === "" ? page : join(dirname(page), path);
      // Generated, and checked with the site (site.test.ts).
      if (resolve(root, target).startsWith(resolve(root, "docs/api"))) continue;
      expect([link, existsSync(join(root, target))]).toEqual([link, true]);
      if (anchor === undefined || statSync(join(root, target)).isDirectory()) continue;
      expect([link, target.endsWith(".md") && anchors(target).has(decodeURIComponent(anchor))]).toEqual([link, true]);
    }
  });
});
