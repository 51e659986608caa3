/** Whether a module is the program's entry module. */
import { builtinModule, nodeProcess } from "./platform.js";

/** Set to true on `globalThis` by every worker of this project before it imports anything of the user's. */
export const workerMark: symbol = Symbol.for("concurrent-futures.worker");

/** What `node -e` and a program on standard input have for a URL; early Node 20 gives them none. */
const evaluated = /\/\[(eval|stdin)\d*\]$/;

interface Fs {
  realpathSync(path: string): string;
}
interface ModuleLoader {
  createRequire(from: string): { resolve(id: string): string };
}
interface Url {
  fileURLToPath(url: string): string;
}
interface WorkerThreads {
  readonly isMainThread: boolean;
}

/**
 * Whether the module is the program's entry module, running as such; guard the main part of a program with it:
 *
 *     if (isMain(import.meta)) await main();
 *
 * It is false where a worker imports the entry module to find functions in it, in other threads, and in browsers.
 *
 * Semantics: `__name__ == "__main__"`, Python 3.14; `import.meta.main` where Node has it.
 */
export function isMain(meta: { readonly url: string; readonly main?: boolean }): boolean {
  if ((globalThis as Record<symbol, unknown>)[workerMark] === true || nodeProcess === undefined) return false;
  if (builtinModule<WorkerThreads>("node:worker_threads")?.isMainThread === false) return false;
  if (typeof meta.main === "boolean") return meta.main;
  if (meta.url === undefined || evaluated.test(meta.url)) return true;
  const entry = nodeProcess.argv?.[1];
  if (entry === undefined || !meta.url.startsWith("file:")) return false;
  return realPath(fileOf(meta.url)) === realPath(resolved(entry));
}

function fileOf(url: string): string {
  // Node before 20.16 has no getBuiltinModule; this is what is left of it on POSIX.
  return builtinModule<Url>("node:url")?.fileURLToPath(url) ?? decodeURIComponent(new URL(url).pathname);
}

/** `node main` means main.js, and `node .` what package.json says. */
function resolved(entry: string): string {
  try {
    return builtinModule<ModuleLoader>("node:module")?.createRequire(entry).resolve(entry) ?? entry;
  } catch {
    return entry; // a loader's own idea of a path
  }
}

function realPath(path: string): string {
  try {
    return builtinModule<Fs>("node:fs")?.realpathSync(path) ?? path;
  } catch {
    return path; // gone, or never a file
  }
}
