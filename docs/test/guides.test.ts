import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import * as ours from "concurrent-futures";

const docs = fileURLToPath(new URL("../", import.meta.url));
const page = (name: string) => readFileSync(join(docs, name), "utf8");

/** Our error classes, by name, with their codes. */
const errorClasses = Object.entries(ours).flatMap(([name, value]): [name: string, code: string][] => {
  const prototype: unknown = typeof value === "function" ? value.prototype : undefined;
  const isError = prototype === ours.ExecutorError.prototype || prototype instanceof ours.ExecutorError;
  return isError ? [[name, (prototype as ours.ExecutorError).code]] : [];
});

describe("guides", () => {
  test("errors-and-crashes.md has each of our errors in its table, with its code", () => {
    const rows = [...page("guides/errors-and-crashes.md").matchAll(/^\| `(\w+)` +\| `(ERR_\w+)` +\|/gm)];
    const listed = rows.map(([, name, code]) => `${name} ${code}`);
    expect(listed.length).toBeGreaterThan(10);
    expect(listed.sort()).toEqual(errorClasses.map(([name, code]) => `${name} ${code}`).sort());
  });

  test("decisions.md leads to the numbered differences, and every number that the source cites is there", () => {
    expect(page("decisions.md")).toContain("(coming-from-python.md#every-difference-numbered)");
    const numbered = new Set([...page("coming-from-python.md").matchAll(/^- \*\*(D-\d+)\*\*/gm)].map(([, d]) => d));
    const packages = join(docs, "..", "packages");
    const sources = readdirSync(packages)
      .map((name) => join(packages, name, "src"))
      .filter((folder) => existsSync(folder))
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: "utf8" })
          .filter((file) => file.endsWith(".ts"))
          .map((file) => readFileSync(join(folder, file), "utf8")),
      );
    const cited = sources
      .flatMap((source) => [...source.matchAll(/\bDiffers \(([^)]*)\)/g)].map(([, which = ""]) => which))
      .flatMap((which) => which.match(/D-\d+/g) ?? [which]);
    expect(cited.length).toBeGreaterThan(10);
    expect(cited.filter((d) => !numbered.has(d))).toEqual([]);
  });

  test.each(["piscina", "workerpool", "threads"])(
    "coming-from-%s.md shows programs of the peer as they are",
    (peer) => {
      const folder = join(docs, "examples", "peers", peer);
      const programs = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
      const shown = [...page(`coming-from-${peer}.md`).matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => code);
      expect(shown.length).toBeGreaterThan(1);
      expect(shown.filter((code) => !programs.some((program) => program.includes(code)))).toEqual([]);
    },
  );

  test("a program that a guide names is there", () => {
    const guides = readdirSync(join(docs, "guides")).filter((file) => file.endsWith(".md"));
    expect(guides).toContain("choosing-an-executor.md");
    for (const guide of guides) {
      for (const [, path = ""] of page(join("guides", guide)).matchAll(/`docs\/(examples\/[\w./-]+)`/g)) {
        expect([path, existsSync(join(docs, path))]).toEqual([path, true]);
      }
    }
  });
});
