/** The packages as users have them: packed, installed by npm into an empty project, and used in every way promised. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EventLoopExecutor, type Future } from "@concurrent-futures/core";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeProject, type Project } from "./project.js";
import { readmePrograms } from "./readmes.js";
import { node, type Run } from "./run.js";

const MINUTES = 60_000;
const stripsTypes = (process as { features?: { typescript?: unknown } }).features?.typescript === "strip";
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const requiresModules = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);

let project: Project;
const starters: Array<() => void> = [];
const executor = new EventLoopExecutor({ maxWorkers: 2 });

/** Something that is begun once the project is there, at most two at a time. Each test waits for its own. */
function begin<T>(work: () => Promise<T>): () => Promise<T> {
  let begun: Future<T> | undefined;
  starters.push(() => {
    begun = executor.submit(work) as Future<T>;
  });
  return async () => {
    if (begun === undefined) throw new Error("There is no project");
    return begun;
  };
}

beforeAll(async () => {
  project = await makeProject();
  for (const start of starters) start();
}, 15 * MINUTES);

afterAll(async () => {
  await executor.shutdown();
  await project?.remove();
}, 15 * MINUTES);

const at = (name: string) => ({ cwd: join(project.folder, name) });
const tool = (path: string, args: readonly string[], name: string) =>
  node([project.installed(path), ...args], at(name));
/** A test for something that may take minutes on a loaded machine. */
const check = (title: string, body: () => Promise<void>) => test(title, body, 10 * MINUTES);
const checkIf = (possible: boolean, unless: string) => (title: string, body: () => Promise<void>) =>
  possible ? check(title, body) : test.skip(`${title} [skipped: ${unless}]`, body);

const threads = "threads 27 1,4,9 42 true\n";
const processes = "processes 27 1,4,9 42 true\n";
const POOLS = threads + processes;
const quiet = (stdout: string): Run => ({ status: 0, stdout, stderr: "" });

describe("JavaScript", () => {
  const modules = begin(() => node(["main.js"], at("javascript")));
  check("ES modules", async () => {
    const shared = [`${threads}threads delivered true\n`, `${processes}processes delivered true\n`].join("");
    expect(await modules()).toEqual(quiet(`${shared}default 8\nprocess 0\n`));
  });

  const classes = begin(() => node(["classes.js"], at("javascript")));
  check("classes are found in the files that were published", async () => {
    expect(await classes()).toEqual(quiet("true true\n"));
  });

  const conformance = begin(() => node(["pools.js"], at("conformance")));
  check("what can be sent, and how it arrives, as the testkit has it", async () => {
    const kept = "ThreadPoolExecutor keeps all\nProcessPoolExecutor keeps all\n";
    expect(await conformance()).toMatchObject({ status: 0, stdout: kept });
  });

  const common = begin(() => node(["main.js"], at("commonjs")));
  checkIf(requiresModules, "this Node has no require() of ES modules")("CommonJS, by require()", async () => {
    expect(await common()).toMatchObject({ status: 0, stdout: "threads 27 1,4,9\nprocesses 27 1,4,9\n" });
  });
});

describe("TypeScript", () => {
  const compiled = begin(async () => {
    const programs = await readmePrograms();
    const folder = join(project.folder, "typescript", "src", "readmes");
    await mkdir(folder);
    for (const { folder: name, code } of programs) await writeFile(join(folder, `${name}.ts`), code);
    return { programs, run: await tool("typescript/bin/tsc", ["--project", "."], "typescript") };
  });
  const compiledRun = begin(async () => {
    await compiled();
    return node(["dist/main.js"], at("typescript"));
  });
  const readmesRun = begin(async () => {
    const { programs } = await compiled();
    const told: Array<{ folder: string; run: Run; output: string }> = [];
    for (const { folder, output } of programs) {
      told.push({ folder, output, run: await node([`dist/readmes/${folder}.js`], at("typescript")) });
    }
    return told;
  });

  check("every entry of every package compiles, strictly and without skipLibCheck, and so do the readmes", async () => {
    expect((await compiled()).run).toEqual(quiet(""));
  });

  check("what was compiled runs", async () => {
    expect(await compiledRun()).toEqual(quiet(POOLS));
  });

  check("the programs of the readmes print what they say", async () => {
    const told = await readmesRun();
    expect(told.map(({ folder }) => folder)).toEqual([
      "concurrent-futures",
      "core",
      "multiprocessing",
      "process-executor",
      "shared",
      "thread-executor",
      "worker-pool",
    ]);
    for (const { folder, run, output } of told) expect({ folder, ...run }).toEqual({ folder, ...quiet(output) });
  });

  const byTsx = begin(() => node(["--import", "tsx", "src/main.ts"], at("typescript")));
  check("run by tsx", async () => {
    expect(await byTsx()).toEqual(quiet(POOLS));
  });

  const byNode = begin(() => node(["src/main.ts"], at("typescript")));
  checkIf(stripsTypes, "this Node strips no types")("run by Node itself", async () => {
    expect(await byNode()).toMatchObject({ status: 0, stdout: POOLS });
  });
});

describe("a bundle", () => {
  /** Makes a bundle of some of src, then runs it. */
  const bundle = (entries: readonly string[], flags: readonly string[], program: string) =>
    begin(async () => {
      const sources = entries.map((entry) => `src/${entry}.ts`);
      const built = await tool("esbuild/bin/esbuild", [...sources, "--bundle", "--platform=node", ...flags], "bundled");
      return built.status === 0 ? node([program], at("bundled")) : built;
    });
  /** What main.ts prints, with its refusal of a function that is in the bundle and not exported by it. */
  const parts = (name: string) =>
    `${name} 27 4 4 42\nTaskReferenceError: Cannot send "scale" .*: it is not exported, and it uses \`FACTOR\` .*` +
    "Export it from its module \\(if a bundler put it here: from the entry, .*\n";
  const expected = new RegExp(`^${parts("threads")}${parts("processes")}$`);
  const external = ["--format=esm", "--packages=external"];

  const byEsbuild = bundle(["main", "beside"], [...external, "--outdir=esbuild"], "esbuild/main.js");
  check("by esbuild, with tasks in it and beside it", async () => {
    expect(await byEsbuild()).toEqual({ ...quiet(""), stdout: expect.stringMatching(expected) });
  });

  const byVite = begin(async () => {
    const built = await tool("vite/bin/vite.js", ["build"], "bundled");
    return built.status === 0 ? node(["vite/main.js"], at("bundled")) : built;
  });
  check("by Vite, and so by Rollup, with tasks in it and beside it", async () => {
    expect(await byVite()).toEqual({ ...quiet(""), stdout: expect.stringMatching(expected) });
  });

  const common = bundle(["common"], ["--packages=external", "--outfile=common/main.cjs"], "common/main.cjs");
  checkIf(requiresModules, "this Node has no require() of ES modules")("in CommonJS", async () => {
    expect(await common()).toMatchObject({ status: 0, stdout: "4\n4\n" });
  });

  const lost = bundle(["lost"], [...external, "--outdir=lost"], "lost/lost.js");
  check("that lacks the module beside it says so", async () => {
    const line = "TaskReferenceError: Cannot load module .*/not-made\\.js: .* make that module an entry of its own.*\n";
    expect(await lost()).toEqual({ ...quiet(""), stdout: expect.stringMatching(new RegExp(`^(${line}){2}$`)) });
  });

  const swallowed = bundle(["lost"], ["--format=esm", "--outdir=swallowed"], "swallowed/lost.js");
  check("that has swallowed concurrent-futures says what to do", async () => {
    const line =
      "Broken\\w+PoolError: .*/worker\\.js\\. Has a bundler .* Leave concurrent-futures out of the bundle.*\n";
    expect(await swallowed()).toEqual({ ...quiet(""), stdout: expect.stringMatching(new RegExp(`^(${line}){2}$`)) });
  });

  const swallowedCommon = bundle(
    ["common"],
    ["--outfile=swallowed/common.cjs", "--log-level=error"],
    "swallowed/common.cjs",
  );
  check("that has swallowed it, in CommonJS, says what to do", async () => {
    const { status, stderr } = await swallowedCommon();
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/no import\.meta\.url .* Leave concurrent-futures out/),
    ]);
  });

  const whole = begin(async () => {
    const entries = ["whole", "beside", "worker", "process-worker"].map((entry) => `src/${entry}.ts`);
    const flags = ["--bundle", "--platform=node", "--format=esm", `--outdir=${project.elsewhere}`];
    const built = await tool("esbuild/bin/esbuild", [...entries, ...flags], "bundled");
    await writeFile(join(project.elsewhere, "package.json"), '{ "type": "module" }');
    return built.status === 0 ? node(["whole.js"], { cwd: project.elsewhere }) : built;
  });
  check("with all of it, and its workers' entries beside it, runs tasks beside it and says what it lacks", async () => {
    const pair = "4\nTaskReferenceError: Cannot look into functions: .* Leave concurrent-futures out of the bundle.*\n";
    expect(await whole()).toEqual({ ...quiet(""), stdout: expect.stringMatching(new RegExp(`^(${pair}){2}$`)) });
  });
});

describe("tests of a user's TypeScript modules", () => {
  const PASSED = 10;

  const jest = begin(() => {
    const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
    return node([...flags, project.installed("jest/bin/jest.js"), "--json", "--runInBand"], at("tested"));
  });
  check("under Jest with ts-jest", async () => {
    expect(passes(await jest())).toEqual([PASSED, 0]);
  });

  const vitest = begin(() => tool("vitest/vitest.mjs", ["run", "--reporter=json"], "tested"));
  check("under Vitest", async () => {
    expect(passes(await vitest())).toEqual([PASSED, 0]);
  });

  /** How many passed and failed; where there is no such report, all that was said. */
  function passes({ stdout, stderr }: Run): unknown {
    try {
      const report = JSON.parse(stdout) as Record<string, unknown>;
      const { numPassedTests, numFailedTests, numTotalTests } = report;
      return numPassedTests === numTotalTests ? [numPassedTests, numFailedTests] : stdout;
    } catch {
      return stdout + stderr;
    }
  }
});
