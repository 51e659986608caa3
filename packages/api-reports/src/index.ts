/**
 * Writes the reports of all packages' entries. With `--check`, says which of them are not what they should be, and
 * writes none.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { packagesFolder, publicEntries } from "./packages.js";
import { reportsOf } from "./report.js";

const check = process.argv.includes("--check");

for (const [path, report] of reportsOf(publicEntries())) {
  if (existsSync(path) && readFileSync(path, "utf8") === report) continue;
  if (check) {
    console.log(
      `${relative(packagesFolder, path)} is out of date: look at what \`npm run api\` changes, and commit it`,
    );
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, report);
  }
}
