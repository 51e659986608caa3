/** Where things are, from where tsc puts this file: docs/dist/site. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const rootFolder = fileURLToPath(new URL("../../../", import.meta.url));
export const docsFolder = join(rootFolder, "docs");
export const packagesFolder = join(rootFolder, "packages");
