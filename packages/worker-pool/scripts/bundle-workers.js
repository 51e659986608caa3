/**
 * Makes one file of each module that workers start from (packages/worker-pool/src/worker-entry.ts): Node takes half a
 * millisecond for every module that it loads, and there are about a hundred.
 *
 * They are all ASCII (esbuild escapes what is not, but in comments): V8 keeps the text of a script that has any other
 * character at two bytes each, in every thread.
 *
 * They are CommonJS: Node gets by without its loader for modules until a task needs it, 1 to 4 ms and 0.1 to 0.5 MiB in
 * each thread. What a thread has only one of is kept under registered symbols, and core's errors know those of other copies.
 * acorn and koffi are loaded where they are needed, from where they are.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const packages = fileURLToPath(new URL("../../", import.meta.url));
// Those that the last compile has made.
const entries = [
  "thread-executor/dist/worker.js",
  "process-executor/dist/worker.js",
  "multiprocessing/dist/process-main.js",
];

for (const entry of entries.filter((path) => existsSync(join(packages, path)))) {
  const { outputFiles } = await build({
    write: false,
    entryPoints: [join(packages, entry)],
    outfile: join(packages, entry.replace(/\.js$/, ".bundle.cjs")),
    bundle: true,
    format: "cjs",
    define: { "import.meta.url": "moduleUrl" },
    banner: { js: 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
    platform: "node",
    target: "node20",
    logOverride: { "unsupported-dynamic-import": "silent" }, // the tasks' own modules
    logLevel: "warning",
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is ASCII
  for (const { path, text } of outputFiles) writeFileSync(path, text.replace(/[^\x00-\x7f]/g, "?"));
}
