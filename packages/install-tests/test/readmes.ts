/** The programs in the packages' readmes that say what they print. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { publicPackages, root } from "./packages.js";

export interface ReadmeProgram {
  /** The package's folder. */
  readonly folder: string;
  readonly code: string;
  readonly output: string;
}

export async function readmePrograms(): Promise<ReadmeProgram[]> {
  const packages = await publicPackages();
  const found = await Promise.all(
    packages.map(async ({ folder }): Promise<ReadmeProgram[]> => {
      const readme = await readFile(join(root, "packages", folder, "README.md"), "utf8");
      const code = /^```ts\n(.*?)^```$/ms.exec(readme)?.[1] ?? "";
      const [, comments] = code.split("// Output:\n");
      return comments === undefined ? [] : [{ folder, code, output: comments.replace(/^\/\/ /gm, "") }];
    }),
  );
  return found.flat();
}
