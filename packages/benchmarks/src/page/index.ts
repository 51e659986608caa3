/**
 * `npm run bench:page -- FILE [--root FOLDER]`: writes docs/benchmarks.md with its plots, and the table in README.md, from
 * what `npm run bench -- --json FILE` has measured. FOLDER is another place to write to than this repository.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { RunRecord } from "../record.js";
import { withHighlights } from "./highlights.js";
import { PLOTS, page } from "./markdown.js";
import { plot } from "./plot.js";

const { values, positionals } = parseArgs({ options: { root: { type: "string" } }, allowPositionals: true });
const [file] = positionals;
if (file === undefined) throw new TypeError("Expected the file that `npm run bench -- --json FILE` wrote, got none");
const run: RunRecord = JSON.parse(readFileSync(file, "utf8"));
if (run.quick && values.root === undefined) {
  throw new RangeError(
    `The figures in ${file} are of a quick run and mean nothing: expected a full run, or --root FOLDER`,
  );
}

const root = values.root ?? fileURLToPath(new URL("../../../../", import.meta.url));
const readme = join(root, "README.md");
const plots = join(root, "docs", PLOTS);
const highlighted = withHighlights(readFileSync(readme, "utf8"), run); // before anything is written: it may refuse
mkdirSync(plots, { recursive: true });
for (const old of readdirSync(plots).filter((name) => name.endsWith(".svg"))) rmSync(join(plots, old));
for (const workload of run.workloads) writeFileSync(join(plots, `${workload.name}.svg`), plot(workload, run));
writeFileSync(join(root, "docs", "benchmarks.md"), page(run));
writeFileSync(readme, highlighted);
