/**
 * Makes the site: the API pages, then all pages, into docs/.vitepress/dist.
 *
 *   node docs/dist/site/build.js [--base /path/on/the/server/] [--out folder]
 *   node docs/dist/site/build.js --dev                            serves it, with changes as they are made
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build, createServer } from "vitepress";
import { writeApi } from "./api.js";
import { docsFolder } from "./folders.js";

const { values } = parseArgs({
  options: {
    base: { type: "string", default: process.env["SITE_BASE"] ?? "/" },
    out: { type: "string", default: join(docsFolder, ".vitepress/dist") },
    dev: { type: "boolean", default: false },
  },
});
process.env["SITE_BASE"] = `/${values.base}/`.replaceAll(/\/+/g, "/"); // read by config.ts

await writeApi();
if (values.dev) {
  const server = await createServer(docsFolder);
  await server.listen();
  server.printUrls();
} else {
  await build(docsFolder, { outDir: resolve(values.out) });
}
