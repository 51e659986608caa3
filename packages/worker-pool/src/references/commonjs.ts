/** CommonJS modules of this thread, as `require.cache` knows them. */
import { createRequire } from "node:module";
import { findPath, followPath, ownValues } from "./value-path.js";

interface CachedModule {
  readonly exports: unknown;
  readonly loaded?: boolean;
}

/** The cache of the loader that loaded this file: Node's, or that of a test runner that has its own. */
function cache(): Record<string, CachedModule | undefined> {
  try {
    return createRequire(import.meta.url).cache as Record<string, CachedModule | undefined>;
  } catch {
    return {};
  }
}

/** The module at one of these paths or keys, if it is there. */
export function cachedModule(...keys: Array<string | undefined>): CachedModule | undefined {
  const modules = cache();
  for (const key of keys) {
    const module = key === undefined ? undefined : modules[key];
    if (module) return module;
  }
  return undefined;
}

/** What a module's exports hold under such a path. */
export function valueInExports(exports: unknown, path: string): unknown {
  const found = followPath(exports, path) ?? followPath({ default: exports }, path);
  return found?.value;
}

/** The path under which a module exports a value: `f`, `Tools.parse`, or `default` for `module.exports` itself. */
export function pathInExports(exports: unknown, wanted: unknown): string | undefined {
  if (exports === wanted) return "default";
  if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return undefined;
  const name = typeof wanted === "function" ? wanted.name : "";
  // Compilers export by getters and mark it; of hand-written modules only the getter of that very name is run.
  const compiled = (exports as { __esModule?: unknown }).__esModule === true;
  const values = ownValues(exports, (key) => compiled || key === name);
  const roots =
    typeof exports === "function" ? values.map(([key, value]) => [`default.${key}`, value] as const) : values;
  return findPath(roots, wanted);
}

/** The key and path of any CommonJS module that exports the value; getters are not run. */
export function findInAllModules(wanted: unknown): { key: string; path: string } | undefined {
  for (const [key, module] of Object.entries(cache())) {
    const exports = module?.exports;
    if (exports === wanted) return { key, path: "default" };
    if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) continue;
    const found = ownValues(exports).find(([, value]) => value === wanted);
    if (found) return { key, path: typeof exports === "function" ? `default.${found[0]}` : found[0] };
  }
  return undefined;
}
