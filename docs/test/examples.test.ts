import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";

const docs = fileURLToPath(new URL("../", import.meta.url));
const sourceOf = (name: string) => readFileSync(join(docs, "examples", `${name}.ts`), "utf8");

/** Runs a compiled example as a user would. One that hangs is killed, after a little less than its test's time. */
function run(name: string, timeout?: number): Promise<Outcome> {
  return runNode([join(docs, "dist", `${name}.js`)], timeout);
}

function runNode(args: readonly string[], timeout = 110_000): Promise<Outcome> {
  return new Promise((resolve) => {
    // The workers of `threads` have ten seconds to start, which are soon over on a busy machine.
    const env = { ...process.env, THREADS_WORKER_INIT_TIMEOUT: "100000" };
    execFile(process.execPath, args, { timeout, killSignal: "SIGKILL", env }, (error, stdout, stderr) => {
      resolve({ exitCode: error ? (error.code ?? String(error.signal)) : 0, stdout, stderr });
    });
  });
}

interface Outcome {
  readonly exitCode: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The lines of the comment that ends an example, which say what it prints. */
function expectedOutput(name: string): string {
  const [, comment] = sourceOf(name).split("\n// Output:\n");
  if (comment === undefined) throw new Error(`${name}.ts does not end in an "// Output:" comment`);
  return comment.replaceAll(/^\/\/ ?/gm, "");
}

const names = (folder: string) =>
  readdirSync(join(docs, "examples", folder))
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join(folder, file.slice(0, -".ts".length)));

/** Two workers may finish in either order, a slow machine's in any: of these only the set of lines is certain, and the last one. */
const unordered = [join("tutorial", "run-in-executor"), join("tutorial", "process")];

describe("examples", () => {
  test.each(
    [...names("."), ...names("tutorial"), ...names("guides")].filter(
      (name) => !["word-count", "many-machines"].includes(name),
    ),
  )(
    "%s prints what its last comment says",
    async (name) => {
      const { exitCode, stdout, stderr } = await run(name);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      if (unordered.includes(name)) {
        const [printed, expected] = [stdout, expectedOutput(name)].map((text) => text.trimEnd().split("\n"));
        expect(printed?.at(-1)).toBe(expected?.at(-1));
        expect(printed?.sort()).toEqual(expected?.sort());
      } else {
        expect(stdout).toBe(expectedOutput(name));
      }
    },
    120_000,
  );

  test("the tests that the guide shows pass under node:test", async () => {
    const file = join(docs, "dist", "guides", "testing", "invoices.test.js");
    const { exitCode, stdout, stderr } = await runNode(["--test-reporter=tap", file]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^# pass 3$/m);
  });

  test.each(readdirSync(join(docs, "examples", "peers")))(
    "%s: the peer's program prints what ours does",
    async (peer) => {
      const name = join("peers", peer, "ours");
      const ours = await run(name);
      expect(ours).toEqual({ exitCode: 0, stdout: expectedOutput(name), stderr: "" });
      const theirs = await runNode([join(docs, "examples", "peers", peer, "theirs.js")]);
      expect(theirs).toEqual({ exitCode: 0, stdout: expectedOutput(name), stderr: "" });
    },
    240_000,
  );

  test("the workers of `threads` that stay as they are do what the page says", async () => {
    const kept = await runNode([join(docs, "examples", "peers", "threads", "keep.js")]);
    expect(kept).toEqual({ exitCode: 0, stdout: "6765\n", stderr: "" });
  });

  test("many-machines prints what its last comment says, or that there is no redis-server", async () => {
    const { exitCode, stdout, stderr } = await run("many-machines", 590_000);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    const noRedis = process.env["CI"] !== "true" && stdout.startsWith("There is no redis-server");
    if (!noRedis) expect(stdout).toBe(expectedOutput("many-machines"));
  }, 600_000);

  test("examples import nothing of ours but concurrent-futures and the executor of many machines", () => {
    const peers = readdirSync(join(docs, "examples", "peers")).map((peer) => join("peers", peer));
    const folders = ["tutorial", "guides", "guides/modules", "guides/testing", "word-count", "many-machines", ...peers];
    for (const name of [...names("."), ...folders.flatMap(names)]) {
      const imports = [...sourceOf(name).matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier ?? "");
      expect(
        imports.filter(
          (specifier) =>
            !/^(concurrent-futures$|@concurrent-futures\/bullmq-executor$|node:|\.{1,2}\/)/.test(specifier),
        ),
      ).toEqual([]);
    }
  });

  test("word-count finds the same on one thread, on threads and on processes", async () => {
    const { exitCode, stdout, stderr } = await run("word-count", 590_000);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    for (const name of ["one thread", "threads", "processes"]) {
      expect(stdout).toMatch(new RegExp(`^${name} +100 %$`, "m"));
      expect(stdout).toMatch(new RegExp(`^${name} +\\d+\\.\\d+ +\\d+\\.\\d+ +the 284,\\d+, of `, "m"));
    }
    expect(stdout).toContain("All three counted the same: the 284,");
    expect(stdout).toContain('"and it came to pass" 396');
  }, 600_000); // some 12 s on a quiet machine
});
