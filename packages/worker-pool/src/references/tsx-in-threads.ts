/**
 * TypeScript by `--import tsx` in worker threads of Node 20. There, module hooks belong to one thread, and tsx sets its
 * own up in the main thread only; so a thread calls tsx's API itself. Later versions of Node need none of this.
 */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import * as threads from "node:worker_threads";

let prepared: Promise<void> | undefined;

/** Sets tsx up in this thread if the program runs by it and it has not done so itself. To be called before importing. */
export function prepareTsx(): Promise<void> | undefined {
  // `isInternalThread` came with the versions where hooks reach every thread; tsx goes by it too.
  if (threads.isMainThread || "isInternalThread" in threads) return undefined;
  prepared ??= setUp(importFlags().find((specifier) => /(^|[\\/])tsx([\\/]|$)/.test(specifier)));
  return prepared;
}

/** What `--import` names, on the command line and in NODE_OPTIONS. */
function importFlags(): string[] {
  const flags = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/\s+/)];
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
