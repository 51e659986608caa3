/** Tests are compiled by tsc beforehand, so that Jest and the workers run the same files. */
import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const packages = [
  ...readdirSync(join(root, "packages")).map((name) => join(root, "packages", name)),
  join(root, "docs"),
];

/** Compiled tests whose source is gone: tsc leaves them behind, and they must not run. */
const stale = packages.flatMap((folder) => {
  const compiled = join(folder, "dist-test");
  if (!existsSync(compiled)) return [];
  return readdirSync(compiled, { recursive: true })
    .filter((file) => file.endsWith(".test.js") && !existsSync(join(folder, "test", file.replace(/\.js$/, ".ts"))))
    .map((file) => join(compiled, file));
});

const escapeForRegExp = (path) =>
  path
    .split(sep)
    .join("/")
    .replace(/[^\w/-]/g, "\\$&");

export default {
  roots: ["<rootDir>/packages", "<rootDir>/docs"],
  testMatch: ["**/dist-test/**/*.test.js"],
  testPathIgnorePatterns: ["/node_modules/", ...stale.map((path) => `^${escapeForRegExp(path)}$`)],
  testEnvironment: "node",
  transform: {},
  testTimeout: 300_000, // for what hangs: a busy machine may need half a minute to start one program
  maxWorkers: "100%", // most tests wait for workers of their own
};
