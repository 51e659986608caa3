import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as ours from "concurrent-futures";

const docs = fileURLToPath(new URL("../", import.meta.url));
const page = readFileSync(join(docs, "coming-from-python.md"), "utf8");

/** A Python program of the page, and the example that follows it. */
interface Pair {
  readonly file: string;
  readonly python: string;
  readonly typescript: string;
}
const PAIR = /\[[\w-]+\.ts\]\((examples\/tutorial\/[\w-]+\.ts)\):\n\n```python\n(.*?)```\n\n```ts\n(.*?)```/gs;
const pairs = [...page.matchAll(PAIR)].map(
  ([, file = "", python = "", typescript = ""]): Pair => ({ file, python, typescript }),
);

/** Those whose lines come in an order of their own in each run. */
const unordered = ["examples/tutorial/process.ts", "examples/tutorial/run-in-executor.ts"];

const FUNCTIONS = [
  ...["asCompleted", "wait", "runInExecutor", "setDefaultExecutor", "partial", "toThread", "isMain"],
  ...["Pipe", "cpuCount", "currentProcess", "parentProcess", "activeChildren"],
];

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("Coming from Python", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "coming-from-python-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("the page has a Python program for each of the tutorial's examples but the one that needs a library there", () => {
    const examples = readdirSync(join(docs, "examples/tutorial")).filter((file) => file.endsWith(".ts"));
    expect(pairs.map(({ file }) => file).sort()).toEqual(
      examples
        .filter((file) => file !== "http-requests.ts")
        .map((file) => `examples/tutorial/${file}`)
        .sort(),
    );
  });

  test.each(pairs)("the TypeScript on the page is $file", ({ file, typescript }) => {
    expect(typescript).toBe(readFileSync(join(docs, file), "utf8"));
  });

  (hasPython ? test : test.skip).each(pairs)(
    "the Python program prints what $file does",
    async ({ file, python }) => {
      const script = join(folder, file.replaceAll(/\W/g, "_").concat(".py"));
      writeFileSync(script, python);
      const { stdout, stderr } = await promisify(execFile)("python3", [script], {
        timeout: 290_000,
        killSignal: "SIGKILL",
      });
      expect(stderr).toBe("");
      const [, comment = ""] = readFileSync(join(docs, file), "utf8").split("\n// Output:\n");
      const [printed, expected] = [stdout, comment.replaceAll(/^\/\/ ?/gm, "")].map((text) => text.split("\n"));
      if (unordered.includes(file)) {
        printed?.sort();
        expected?.sort();
      }
      expect(printed).toEqual(expected);
    },
    300_000,
  ); // Python counts slowly, and more so on a busy machine

  test("the classes and functions in the tables of names can be imported", () => {
    const [, tables = ""] = page.split(/^## Names$/m);
    const cells = [...tables.matchAll(/^\|[^|]*\|([^|]*)\|$/gm)].map(([, cell = ""]) => cell);
    const classes = cells.flatMap((cell) => [...cell.matchAll(/new (\w+)\(|`(\w+Error)`/g)].map(([, a, b]) => a ?? b));
    expect(classes).toEqual(expect.arrayContaining(["Process", "Pool", "BoundedSemaphore", "EndOfFileError"]));
    const functions = [...FUNCTIONS].filter((name) => cells.some((cell) => cell.includes(`${name}(`)));
    expect(functions).toEqual(FUNCTIONS);
    expect([...classes, ...functions].filter((name = "") => !Object.hasOwn(ours, name))).toEqual([]);
  });

  test("differences are numbered one after the other", () => {
    const numbers = [...page.matchAll(/^- \*\*D-(\d+)\*\*/gm)].map(([, number]) => Number(number));
    expect(numbers.length).toBeGreaterThan(29);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});
