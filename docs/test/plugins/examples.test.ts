import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const docs = fileURLToPath(new URL("../../", import.meta.url));
const plugins = join(docs, "examples/plugins");
const sources = readdirSync(plugins, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
const sourceOf = (file: string) => readFileSync(join(plugins, file), "utf8");

describe("examples of plugins", () => {
  test.each(sources.filter((file) => file.startsWith("use-")))("%s prints what its last comment says", async (file) => {
    const program = join(docs, "dist/plugins", file.replace(/ts$/, "js"));
    const ended = await new Promise((resolve) => {
      execFile(process.execPath, [program], (error, stdout, stderr) =>
        resolve({ exitCode: error?.code ?? 0, stdout, stderr }),
      );
    });
    const [, comment = ""] = sourceOf(file).split("\n// Output:\n");
    expect(ended).toEqual({ exitCode: 0, stderr: "", stdout: comment.replaceAll(/^\/\/ ?/gm, "") });
  });

  test("import nothing of ours but core and worker-pool", () => {
    const imports = sources.flatMap((file) => [...sourceOf(file).matchAll(/ from "([^"]+)"/g)].map(([, from]) => from));
    const ours = new Set(imports.filter((from = "") => !/^(node:|\.\.?\/)/.test(from)));
    expect([...ours].sort()).toEqual(["@concurrent-futures/core", "@concurrent-futures/worker-pool"]);
  });
});
