import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = join(root, "docs", "examples");

const pages = [
  "README.md",
  ...["docs", "docs/guides", "docs/zh"].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((f) => f.endsWith(".md"))
      .map((f) => join(folder, f)),
  ),
];

/** Code as it is but for where its lines are broken, so that a part of an example can be shown without its indentation. */
const words = (code: string) => code.replaceAll(/\s+/g, "").replaceAll(/,(?=[)\]}])/g, "");

describe("pages", () => {
  const programs = readdirSync(examples, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => words(readFileSync(join(examples, file), "utf8")));

  test.each(pages)("%s shows only TypeScript that is part of an example", (page) => {
    const blocks = [...readFileSync(join(root, page), "utf8").matchAll(/^```ts\n(.*?)^```$/gms)];
    for (const [, block] of blocks) {
      const shown = words(block ?? "");
      expect(programs.some((program) => program.includes(shown)) || block).toBe(true);
    }
  });

  test.each(pages)("%s links to files that exist", (page) => {
    const prose = readFileSync(join(root, page), "utf8").replaceAll(/^```.*?^```$/gms, "");
    const links = [...prose.matchAll(/\]\((?!https?:|#)([^)#]+)/g)];
    for (const [, link] of links)
      expect([link, existsSync(join(root, dirname(page), link ?? ""))]).toEqual([link, true]);
  });
});
