import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = join(root, "docs", "examples");

const pages = [
  "README.md",
  ...["docs", "docs/guides"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((f) => f.endsWith(".md"))
      .map((f) => join(folder, f)),
  ),
];

/** Code without its indentation, so that a part of an example can be shown by itself. */
const lines = (code: string) =>
  code
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean)
    .join("\n");

describe("pages", () => {
  const programs = readdirSync(examples, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => lines(readFileSync(join(examples, file), "utf8")));

  test.each(pages)("%s shows only TypeScript that is part of an example", (page) => {
    const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^```ts\n(.*?)^```$/gms)];
    for (const [, block] of blocks) {
      const shown = lines(block ?? "");
      expect(programs.some((program) => program.includes(shown)) || shown).toBe(true);
    }
  });

  test.each(pages)("%s links to files that exist", (page) => {
    const links = [...readFileSync(join(root, page), "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
    for (const [, link] of links)
      expect([link, existsSync(join(root, dirname(page), link ?? ""))]).toEqual([link, true]);
  });
});
