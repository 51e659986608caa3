import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { highlights } from "../dist/page/highlights.js";
import type { ContenderRecord, RunRecord } from "../dist/record.js";
import { workloads } from "../dist/workloads/index.js";

const README = "Before\n\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\n\nAfter\n";
const command = fileURLToPath(new URL("../dist/page/index.js", import.meta.url));

function contender(name: string, callsPerSecond: number[], more: Partial<ContenderRecord> = {}): ContenderRecord {
  const samples = callsPerSecond.map((value) => ({ "calls/s": value }));
  return { name, kind: "threads", role: "peer", settings: `set up as ${name}`, samples, failures: [], ...more };
}

const run: RunRecord = {
  machine: {
    date: "2026-11-22T10:00:00.000Z",
    node: "v20.20.2",
    platform: "linux x64",
    cpu: "A <CPU> & more",
    cores: 2,
    memoryGiB: 24,
    load: 0.1,
  },
  versions: { piscina: "5.3.2" },
  quick: false,
  workloads: [
    {
      name: "no-op-calls",
      title: "No-op calls & more",
      metrics: [{ name: "calls/s", unit: "calls/s", better: "higher" }],
      contenders: [
        contender("ours, threads", [400_000, 300_000, 500_000], { role: "ours" }),
        contender("piscina", [50_000, 40_000, 60_000]),
        contender("broken_pool", [], { failures: ["it | hung"] }),
        contender("unable pool", []),
        contender("bare postMessage", [200_000], { role: "limit" }),
        contender("ours, processes", [1_000], { role: "ours", kind: "processes" }),
        contender("tinypool, child_process", [2_000], { kind: "processes" }),
      ],
      goals: [
        { says: "a high one", kind: "at least", limit: 10, measured: 8, reached: false },
        { says: "a low one", kind: "at most", limit: 10, measured: 8, reached: true },
        { says: "an unknown one", kind: "at most", limit: 10 },
      ],
    },
  ],
};

/** The names of elements, in order; throws where they are not nested, or where attributes or text are not XML. */
function elementsOf(xml: string): string[] {
  const [names, open]: [string[], string[]] = [[], []];
  const rest = xml.replaceAll(
    /<(\/?)([\w:]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, end, name, _attributes, empty) => {
      if (!end) names.push(name);
      if (!end && !empty) open.push(name);
      if (end && open.pop() !== name) throw new SyntaxError(`</${name}> ends what did not begin`);
      return "";
    },
  );
  if (open.length > 0) throw new SyntaxError(`<${open.pop()}> does not end`);
  if (/[<>]|&(?!amp;|lt;|gt;|quot;|#)/.test(rest)) throw new SyntaxError(`Not XML: ${rest}`);
  return names;
}

/** A table's cells without marks and padding, by the first of each row. */
function rowsOf(markdown: string): Map<string, string[]> {
  const rows = [...markdown.matchAll(/^\| (.*) \|$/gm)].map(([, row = ""]) =>
    row.split(/(?<!\\)\|/).map((cell) => cell.replaceAll("**", "").trim()),
  );
  return new Map(rows.map(([first = "", ...cells]) => [first, cells]));
}

describe("bench:page", () => {
  let folder = "";
  let root = "";
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bench-page-"));
    root = newRoot("first");
    await make(root);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function newRoot(name: string, measured: RunRecord = run, readme = README): string {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(join(path, "README.md"), readme);
    writeFileSync(join(path, "run.json"), JSON.stringify(measured));
    return path;
  }
  const make = (path: string) =>
    promisify(execFile)(process.execPath, [command, join(path, "run.json"), "--root", path]);
  const read = (path: string, of = root) => readFileSync(join(of, path), "utf8");

  test("the page has the machine, and the medians, ranges and ratios of the JSON", () => {
    const page = read("docs/benchmarks.md");
    expect(page).toContain("Measured on 2026-11-22 with Node v20.20.2 on linux x64");
    expect(page).toContain("piscina 5.3.2");
    const rows = rowsOf(page);
    expect(rows.get("ours, threads")).toEqual(["400,000<br>300,000–500,000"]);
    expect(rows.get("piscina")).toEqual(["50,000<br>40,000–60,000"]);
    expect(rows.get("bare postMessage (limit)")).toEqual(["200,000<br>200,000–200,000"]);
    expect(rows.get("ours, threads, to the best peer")).toEqual(["8 ×<br>piscina"]);
    expect(rows.get("ours, threads, to bare postMessage")).toEqual(["2 ×"]);
    expect(rows.get("ours, processes, to the best peer")).toEqual(["0.5 ×<br>tinypool, child\\_process"]);
  });

  test("a goal that was missed is called missed", () => {
    const rows = rowsOf(read("docs/benchmarks.md"));
    expect(rows.get("[a high one](#no-op-calls)")).toEqual(["at least 10", "8", "missed"]);
    expect(rows.get("[a low one](#no-op-calls)")).toEqual(["at most 10", "8", "reached"]);
    expect(rows.get("[an unknown one](#no-op-calls)")).toEqual(["at most 10", "–", "not measured"]);
    expect(read("docs/benchmarks.md")).toContain("1 of 3 goals reached, 1 missed, 1 not measured.");
  });

  test("a contender that cannot run here is shown as left out, in table and plot", () => {
    expect(rowsOf(read("docs/benchmarks.md")).get("unable pool")).toEqual(["left out"]);
    expect(read("docs/benchmarks/no-op-calls.svg")).toMatch(/>unable pool<[\s\S]*?>left out</);
    expect(read("docs/benchmarks.md")).not.toContain("- no-op-calls, unable pool");
  });

  test("a contender that failed is shown as failed, in table and plot, with its reason", () => {
    expect(rowsOf(read("docs/benchmarks.md")).get("broken\\_pool")).toEqual(["failed"]);
    expect(read("docs/benchmarks.md")).toContain("- no-op-calls, broken\\_pool: it \\| hung");
    expect(read("docs/benchmarks/no-op-calls.svg")).toMatch(/>broken_pool<[\s\S]*?>failed</);
  });

  test("a plot is an SVG with a title, every contender and its median, and colours for dark pages", () => {
    const svg = read("docs/benchmarks/no-op-calls.svg");
    expect(elementsOf(svg).slice(0, 3)).toEqual(["svg", "title", "style"]);
    expect(svg).toContain('role="img" aria-labelledby="title"');
    expect(svg).toContain('<title id="title">No-op calls &amp; more: calls/s</title>');
    expect(svg).toContain("prefers-color-scheme: dark");
    for (const { name } of run.workloads[0]?.contenders ?? []) expect(svg).toContain(`>${name}</text>`);
    for (const value of ["400K", "50K", "200K", "1K", "2K"]) expect(svg).toContain(`>${value}</text>`);
    expect(svg).toContain("more is better, logarithmic");
  });

  test("the page shows exactly the plots that there are, and the same JSON gives the same bytes", async () => {
    const again = newRoot("again");
    mkdirSync(join(again, "docs/benchmarks"), { recursive: true });
    writeFileSync(join(again, "docs/benchmarks/of-an-earlier-run.svg"), "");
    await make(again);
    const shown = [...read("docs/benchmarks.md").matchAll(/\]\(benchmarks\/(.*?)\)/g)].map(([, file]) => file);
    expect(shown).toEqual(["no-op-calls.svg"]);
    expect(readdirSync(join(again, "docs/benchmarks"))).toEqual(shown);
    for (const file of ["README.md", "docs/benchmarks.md", "docs/benchmarks/no-op-calls.svg"])
      expect(read(file, again)).toBe(read(file));
  });

  test("the README's block, and nothing else of it, is replaced", () => {
    const readme = read("README.md");
    expect(readme).toMatch(/^Before\n\n<!-- benchmarks -->\n\n\|/);
    expect(readme).toMatch(/\n\n<!-- \/benchmarks -->\n\nAfter\n$/);
    expect(readme).not.toContain("old");
    expect(rowsOf(readme).get("no-op calls, 100,000 at once")).toEqual([
      "8 × piscina<br>2 × bare postMessage",
      "0.5 × tinypool, child\\_process",
    ]);
  });

  test("a README without the block is left alone, and so is everything else", async () => {
    const unmarked = newRoot("unmarked", run, "No block");
    await expect(make(unmarked)).rejects.toThrow("<!-- benchmarks -->");
    expect(readdirSync(unmarked).sort()).toEqual(["README.md", "run.json"]);
    expect(read("README.md", unmarked)).toBe("No block");
  });

  test("a quick run's figures do not get into the repository, and elsewhere they are called meaningless", async () => {
    const quick = newRoot("quick", { ...run, quick: true });
    const refused = promisify(execFile)(process.execPath, [command, join(quick, "run.json")]);
    await expect(refused).rejects.toThrow("quick run");
    await make(quick);
    expect(read("docs/benchmarks.md", quick)).toContain("Its figures mean nothing");
    expect(read("docs/benchmarks.md")).not.toContain("mean nothing");
  });

  test.each(highlights)("there is a workload with the metric that the README's table shows: $says", (highlight) => {
    const workload = workloads.find(({ name }) => name === highlight.workload);
    expect(workload?.metrics.map(({ name }) => name)).toContain(highlight.metric);
  });
});
