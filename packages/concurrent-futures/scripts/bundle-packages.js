/**
 * Makes one file of each package that is imported as a whole, for publishing: importing concurrent-futures takes
 * sixteen modules then, where it took 245, in the program and in every worker whose tasks import it. Workers start from
 * bundles of their own (packages/worker-pool/scripts/bundle-workers.js).
 *
 * No package is in another's bundle, and what the entries of one have in common is in parts beside them, so that each
 * class is there once. Which entries there are `publishConfig.exports` says, which pnpm puts in the place of `exports`
 * when it packs; here and in tests, the modules are used as they were compiled, unless Node is told otherwise by
 * `--conditions=bundled`, as by the benchmark.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { rollup } from "rollup";

const PART = /^part-[0-9a-f]{8}\.bundle\.js(\.map)?$/;
const packages = fileURLToPath(new URL("../../", import.meta.url));

/** Modules that need each other keep their order; the options of import() are passed on as they are. */
const HARMLESS = new Set(["CIRCULAR_DEPENDENCY", "INVALID_IMPORT_ATTRIBUTE"]);

/** Leads the maps back to TypeScript. */
const sourceMaps = {
  name: "source maps",
  load: (id) => ({ code: readFileSync(id, "utf8"), map: readFileSync(`${id}.map`, "utf8") }),
};

for (const name of readdirSync(packages)) {
  const folder = join(packages, name);
  const { publishConfig } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const bundles = Object.values(publishConfig?.exports ?? {}).flatMap((target) => target.default ?? []);
  const entryPoints = bundles
    .filter((bundle) => bundle.endsWith(".bundle.js"))
    .map((bundle) => join(folder, bundle.replace(/\.bundle\.js$/, ".js")));
  // Those that the last compile has made.
  if (entryPoints.length > 0 && entryPoints.every((entry) => existsSync(entry))) await bundle(folder, entryPoints);
}

async function bundle(folder, entryPoints) {
  const dir = join(folder, "dist");
  for (const file of readdirSync(dir)) if (PART.test(file)) rmSync(join(dir, file)); // of an earlier build
  const bundle = await rollup({
    input: Object.fromEntries(entryPoints.map((entry) => [relative(dir, entry).replace(/\.js$/, ""), entry])),
    external: (id) => !/^[./]/.test(id),
    plugins: [sourceMaps],
    onwarn: (warning) => {
      if (!HARMLESS.has(warning.code)) throw new Error(warning.message);
    },
  });
  await bundle.write({
    dir,
    entryFileNames: "[name].bundle.js",
    chunkFileNames: "part-[hash].bundle.js",
    hashCharacters: "hex",
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
}
