/**
 * TypeScript by `--import tsx` in worker threads. With older versions of Node, tsx sets its hooks up in the main thread
 * only, and threads do not inherit them; so a thread calls tsx's API itself.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { isMainThread } from "node:worker_threads";

/** From these versions on, and from 26, tsx does it by itself (tsx 4.23, "isInternalThread"). */
const SELF_SINCE: Readonly<Record<number, readonly [minor: number, patch: number]>> = {
  22: [22, 3],
  24: [11, 1],
  25: [1, 0],
};

let prepared: Promise<void> | undefined;

/** Sets tsx up in this thread if the program runs by it and it has not done so itself. To be called before importing. */
export function prepareTsx(): Promise<void> | undefined {
  if (isMainThread || setsItselfUp()) return undefined;
  prepared ??= setUp(importFlags().find((specifier) => /(^|[\\/])tsx([\\/]|$)/.test(specifier)));
  return prepared;
}

function setsItselfUp(): boolean {
  const [major = 0, minor = 0, patch = 0] = process.versions.node.split(".").map(Number);
  const since = SELF_SINCE[major];
  if (since === undefined) return major > 25;
  return minor > since[0] || (minor === since[0] && patch >= since[1]);
}

/** What `--import` names, on the command line and in NODE_OPTIONS. */
function importFlags(): string[] {
  const { NODE_OPTIONS = "" } = process.env;
  const flags = [...process.execArgv, ...NODE_OPTIONS.split(/\s+/)];
  return flags.flatMap((flag, index) => {
    if (flag === "--import") return flags[index + 1] ?? [];
    return flag.startsWith("--import=") ? flag.slice("--import=".length) : [];
  });
}

async function setUp(specifier: string | undefined): Promise<void> {
  if (specifier === undefined) return;
  const require = createRequire(specifier.startsWith("file:") ? specifier : pathToFileURL("./").href);
  for (const api of ["tsx/esm/api", "tsx/cjs/api"]) {
    try {
      // Its CommonJS build looks for the hooks in a wrong place.
      const path = require.resolve(api).replace(/\.cjs$/, ".mjs");
      const { register } = (await import(pathToFileURL(path).href)) as { register(): unknown };
      register();
    } catch {
      // the module that is to be imported then fails by itself, with an error that says more
    }
  }
}
