/**
 * What workers start from.
 *
 *   worker.js          the entry as it is compiled, with the hundred modules that it imports: half a millisecond each
 *   worker.bundle.js   the same in one file, which `npm run build` makes (../scripts/bundle-workers.js)
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
  const bundle = new URL(`./${name}.bundle.js`, url);
  const madeAt = modifiedAt(bundle);
  const isOld = PACKAGES.some((part) => modifiedAt(new URL(`../../${part}/dist/.tsbuildinfo`, url)) > madeAt);
  return madeAt === 0 || isOld ? undefined : bundle;
}

/** 0: it is not there, or not to be looked at. */
function modifiedAt(file: URL): number {
  try {
    return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    return 0;
  }
}
