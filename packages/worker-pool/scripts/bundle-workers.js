/**
 * Makes one file of each module that workers start from (packages/worker-pool/src/worker-entry.ts): Node takes half a
 * millisecond for every module that it loads, and there are about a hundred.
 *
 * They are all ASCII (esbuild escapes what is not, but in comments): V8 keeps the text of a script that has any other
 * character at two bytes each, in every thread.
 *
 * Core's error classes stay outside, so that a task that imports them meets the same ones. What else a thread has only
 * one of is kept under registered symbols. acorn and koffi are loaded where they are needed, from where they are.
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

const keepErrorsOutside = {
  name: "keep errors outside",
  setup({ onResolve }) {
    onResolve({ filter: /\/errors\.js$/ }, ({ resolveDir }) =>
      resolveDir.endsWith(join("core", "dist")) ? { path: "@concurrent-futures/core/errors", external: true } : null,
    );
  },
};

for (const entry of entries.filter((path) => existsSync(join(packages, path)))) {
  const { outputFiles } = await build({
    write: false,
    entryPoints: [join(packages, entry)],
    outfile: join(packages, entry.replace(/\.js$/, ".bundle.js")),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    plugins: [keepErrorsOutside],
    logOverride: { "unsupported-dynamic-import": "silent" }, // the tasks' own modules
    logLevel: "warning",
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all that is ASCII
  for (const { path, text } of outputFiles) writeFileSync(path, text.replace(/[^\x00-\x7f]/g, "?"));
}
