/**
 * The testkit on Bun and Deno: what holds there, for docs/guides/other-runtimes.md. Not a part of `npm test`.
 *
 *   npm run build:all && node packages/testkit/scripts/other-runtimes.js [bun|deno|node]... [event-loop|...]...
 *
 * It installs the runtimes in a temporary folder, or takes those that the environment names in BUN and DENO. A clause
 * that hangs or ends its process counts as failed, and the next ones go on in a process of their own. Neither runtime
 * has an inspector that tells which export a function is, so there the pools get the testkit's functions by task(),
 * and its classes are declared.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const VERSIONS = { bun: "1.4.5", deno: "2.9.6" };
/** npm runs no install script here, so the programs are taken from where those would link them. */
const BINARIES = {
  bun: ["@oven/bun-linux-x64", "bin/bun"],
  deno: ["@deno/linux-x64-glibc", "deno"],
};
const FLAGS = { bun: [], deno: ["run", "--allow-all"], node: [] };
const EXECUTORS = ["event-loop", "thread-pool", "process-pool"];
const SILENCE_MS = 60_000;
const MARK = "\u001e";

const script = fileURLToPath(new URL("./run-clauses.js", import.meta.url));
const given = process.argv.slice(2);
const chosen = (all) => (given.some((one) => all.includes(one)) ? all.filter((one) => given.includes(one)) : all);
const runtimes = chosen(["bun", "deno", "node"]).filter((name) => name !== "node" || given.includes("node"));

const folder = mkdtempSync(join(tmpdir(), "other-runtimes-"));
try {
  for (const runtime of runtimes) {
    const program = find(runtime);
    const version = execFileSync(program, ["--version"], { encoding: "utf8" }).split("\n")[0];
    for (const executor of chosen(EXECUTORS))
      report(`${runtime} (${version})`, executor, await run(program, runtime, executor));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The runtime's program. */
function find(runtime) {
  if (runtime === "node") return process.execPath;
  const named = process.env[runtime.toUpperCase()];
  if (named) return named;
  const [name, path] = BINARIES[runtime];
  const install = ["install", "--prefix", folder, "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
  execFileSync("npm", [...install, `${name}@${VERSIONS[runtime]}`], { stdio: "inherit" });
  return join(folder, "node_modules", name, path);
}

/** Runs all clauses for an executor. */
async function run(program, runtime, executor) {
  const result = { total: 0, passed: 0, failed: [] };
  for (let first = 0; ; ) {
    const { over, running, stderr } = await runFrom(program, runtime, executor, first, result);
    if (over) return result;
    if (running === undefined) {
      result.failed.push({ id: "-", title: "the executor loads", why: stderr });
      return result;
    }
    result.failed.push({ ...running, why: stderr });
    first = running.number + 1;
  }
}

/** Runs clauses from `first` on, until all are done or the process ends; `running` is then the clause that ended it. */
function runFrom(program, runtime, executor, first, result) {
  return new Promise((resolve) => {
    const mode = runtime === "node" || executor === "event-loop" ? "plain" : "named";
    const child = spawn(program, [...FLAGS[runtime], script, executor, String(first), mode], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let running;
    let over = false;
    let silent = false;
    let stderr = "";
    let timer;
    const watch = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        silent = true;
        child.kill("SIGKILL");
      }, SILENCE_MS);
    };
    watch();
    child.stderr.on("data", (chunk) => {
      stderr = (stderr + chunk).slice(-2000);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const at = line.indexOf(MARK);
      if (at < 0) return;
      watch();
      const told = JSON.parse(line.slice(at + 1));
      if (told.total !== undefined) result.total = told.total;
      if (told.over) over = true;
      if (told.begins !== undefined) running = { id: told.begins, number: told.number, title: told.title };
      if (told.ends === undefined) return;
      if (told.passed) result.passed += 1;
      else result.failed.push({ ...running, why: told.why });
      running = undefined;
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const end = silent ? `it hung for ${SILENCE_MS} ms` : `the process ended with ${signal ?? code}`;
      resolve({ over, running, stderr: `${end}; ${stderr.trim().split("\n").slice(-4).join(" / ")}` });
    });
  });
}

function report(runtime, executor, { total, passed, failed }) {
  console.log(`\n${runtime}, ${executor}: ${passed} of ${total} clauses hold`);
  for (const { id, title, why } of failed) console.log(`  ${id}: ${title}\n      ${why.replaceAll("\n", "\n      ")}`);
}
