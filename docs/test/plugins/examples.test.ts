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

  test("conformance.ts passes with node:test", async () => {
    const { JEST_WORKER_ID: _, NODE_OPTIONS: __, ...env } = process.env;
    const ended = await new Promise<{ code: unknown; stdout: string }>((resolve) => {
      execFile(process.execPath, [join(docs, "dist/plugins/conformance.js")], { env }, (error, stdout) =>
        resolve({ code: error?.code ?? 0, stdout }),
      );
    });
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/F-9: /) });
  });

  test("the smallest executor has less than 60 lines", () => {
    expect(sourceOf("smallest-executor.ts").split("\n").length).toBeLessThan(60);
  });

  test("import nothing of ours but core, worker-pool and testkit", () => {
    const imports = sources.flatMap((file) => [...sourceOf(file).matchAll(/ from "([^"]+)"/g)].map(([, from]) => from));
    const ours = new Set(imports.filter((from = "") => !/^(node:|\.\.?\/)/.test(from)));
    expect([...ours].sort()).toEqual([
      "@concurrent-futures/core",
      "@concurrent-futures/testkit",
      "@concurrent-futures/worker-pool",
    ]);
  });
});
