/**
 * The Chinese pages beside their English originals. A page is a list of blocks (headings, paragraphs, items, rows, code), and
 * what does not depend on the language must be the same in each: code, names, numbers, links. So when an English page
 * changes in more than its wording, its Chinese one fails here until somebody has changed it, too.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { describe, expect, test } from "@jest/globals";

const docs = fileURLToPath(new URL("../", import.meta.url));
const translated = readdirSync(`${docs}zh`).filter((file) => file.endsWith(".md"));

interface Block {
  readonly kind: string;
  readonly text: string;
}

const START = /^(?<fence>```)|^(?<heading>#+) |^(?<item>-) |^(?<row>\|)/;

function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { kind: string; lines: string[] } | undefined;
  const close = () => {
    if (open) blocks.push({ kind: open.kind, text: open.lines.join("\n") });
    open = undefined;
  };
  for (const line of readFileSync(join(docs, page), "utf8").split("\n")) {
    if (open?.kind === "code") {
      open.lines.push(line);
      if (line === "```") close();
      continue;
    }
    const { fence, heading, item, row } = START.exec(line)?.groups ?? {};
    const kind = fence ? "code" : heading ? `heading ${heading}` : item ? "item" : row ? "row" : undefined;
    if (kind || line === "") close();
    if (/^\|[ |:-]+$/.test(line)) continue; // the line below a table's head is as wide as its cells
    if (line !== "") open = { kind: open?.kind ?? kind ?? "paragraph", lines: [...(open?.lines ?? []), line] };
  }
  close();
  return blocks;
}

const unique = (found: Iterable<string>) => [...new Set(found)].sort();
const LINK = /(?<=\])\(([^)\s]+)\)/g;
const NAME = /`[^`]+`/g;

/** Anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const anchors: string[] = [];
  for (const { kind, text } of blocksOf(page).filter((block) => block.kind.startsWith("heading"))) {
    const anchor = text
      .slice(kind.length - "heading ".length + 1)
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-");
    const before = anchors.filter((other) => other.replace(/-\d+$/, "") === anchor).length;
    anchors.push(before === 0 ? anchor : `${anchor}-${before}`);
  }
  return anchors;
}

/** Where a page's link leads, in Chinese if that is there; a heading as its number in its page. */
function destination(page: string, link: string): string {
  if (/^https?:/.test(link)) return link;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : join(dirname(page), path);
  const heading = anchor === undefined ? "" : `#${anchorsOf(target).indexOf(decodeURIComponent(anchor))}`;
  const inChinese = page.startsWith("zh/") || !translated.includes(target) ? target : join("zh", target);
  return `${inChinese}${heading}`;
}

function contents(page: string, { kind, text }: Block) {
  if (kind === "code") return { text };
  const names = unique(text.match(NAME) ?? []);
  const links = unique([...text.matchAll(LINK)].map(([, link = ""]) => destination(page, link)));
  const prose = text.replaceAll(NAME, "").replaceAll(LINK, "");
  const numbers = unique(prose.match(/\d+(?:[.,]\d+)*/g) ?? []);
  return { names, links, numbers, columns: kind === "row" ? text.replaceAll(NAME, "").split("|").length : undefined };
}

const differences = (page: string) =>
  blocksOf(page)
    .map(({ text }) => /^- \*\*(D-\d+)\*\*/.exec(text)?.[1])
    .filter((number) => number !== undefined);

test("the overview, the tutorial and Coming from Python are there in Chinese", () => {
  expect(translated).toEqual(expect.arrayContaining(["coming-from-python.md", "index.md", "tutorial.md"]));
});

describe.each(translated)("%s in Chinese", (page) => {
  const chinese = join("zh", page);

  test("has the same blocks in the same order", () => {
    const kinds = blocksOf(page).map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThan(10);
    expect(blocksOf(chinese).map(({ kind }) => kind)).toEqual(kinds);
  });

  test("has the same code", () => {
    const codeOf = (name: string) => blocksOf(name).filter(({ kind }) => kind === "code");
    expect(codeOf(chinese)).toEqual(codeOf(page));
  });

  test("has the same differences, by their numbers", () => {
    expect(differences(chinese)).toEqual(differences(page));
    expect(differences(page).length > 29).toBe(page === "coming-from-python.md");
  });

  test("has the same names, numbers and links in each block", () => {
    const originals = blocksOf(page).map((block) => ({ english: block.text, has: contents(page, block) }));
    const pairs = blocksOf(chinese).map((block, index) => {
      return { chinese: block.text, has: contents(chinese, block), original: originals[index] };
    });
    expect(pairs.filter(({ has, original }) => !isDeepStrictEqual(has, original?.has))).toEqual([]);
  });

  test("links to headings that exist, in either language", () => {
    for (const name of [page, chinese]) {
      const links = blocksOf(name).flatMap(({ kind, text }) => (kind === "code" ? [] : [...text.matchAll(LINK)]));
      const lost = links.map(([, link = ""]) => link).filter((link) => destination(name, link).endsWith("#-1"));
      expect({ name, lost }).toEqual({ name, lost: [] });
    }
  });

  test("is in Chinese", () => {
    const prose = blocksOf(chinese).filter(({ kind }) => kind === "paragraph" || kind === "item");
    const words = prose.map(({ text }) => text.replaceAll(NAME, "").replaceAll(/\[[\w.-]+\]\([^)]+\)/g, ""));
    expect(words.filter((text) => /[a-z]{2}/i.test(text) && !/\p{Script=Han}/u.test(text))).toEqual([]);
  });
});
