/**
 * What workers start from.
 *
 *   worker.js          the entry as it is compiled, with the hundred modules that it imports: half a millisecond each
 *   worker.bundle.cjs  the same in one file, which `npm run build` makes (../scripts/bundle-workers.js)
 */
import { statSync } from "node:fs";

/** Whose code is in the bundles. */
const PACKAGES = ["core", "shared", "worker-pool", "thread-executor", "process-executor", "multiprocessing"];

/**
 * The bundle of an entry; undefined where there is none, or one that is older than its parts: in a checkout
 * `tsc --build` leaves it behind. (A published package has no .tsbuildinfo.)
 *
 * @param url  a module beside the entry
 * @param name  the entry's, without its extension
 */
export function bundleOf(url: string, name: string): URL | undefined {
  const bundle = new URL(`./${name}.bundle.cjs`, url);
  const madeAt = modifiedAt(bundle);
  const isOld = PACKAGES.some((part) => modifiedAt(new URL(`../../${part}/dist/.tsbuildinfo`, url)) > madeAt);
  return madeAt === 0 || isOld ? undefined : bundle;
}

/** What to do when a bundler has taken this code away from what it needs. */
export const LEAVE_OUT_OF_BUNDLE =
  "Leave concurrent-futures out of the bundle (esbuild: --packages=external; Rollup, Vite: external), and install it beside the bundle";

/**
 * Says that what workers start from is not there, as where a bundler has put this code into a program of its own.
 *
 * @param path  the entry
 * @returns undefined: it is there, or not to be looked at
 */
export function missingEntry(path: string): Error | undefined {
  if (!isMissing(path)) return undefined;
  return new Error(
    `What workers start from is not there: ${path}. Has a bundler moved this code? ${LEAVE_OUT_OF_BUNDLE}`,
  );
}

function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

/** 0: it is not there, or not to be looked at. */
function modifiedAt(file: URL): number {
  try {
    return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0;
  }
}
