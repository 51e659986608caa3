/** Importing modules on the worker's side, and getting at their exports by path. */
import { existsSync } from "node:fs";
import { TaskReferenceError } from "@concurrent-futures/core";
import { threadState } from "../thread-state.js";
import { rememberModule } from "./known-modules.js";
import { prepareTsx } from "./tsx-in-threads.js";
import { pathOfUrl } from "./urls.js";
import { followPath } from "./value-path.js";

const state = threadState("imports", () => ({ importing: 0 }));

/** Whether a module is being imported for a task right now, so that what it does at its top level happens in this. */
export function isImporting(): boolean {
  return state.importing > 0;
}

/**
 * Imports a module.
 *
 * @throws {TaskReferenceError} it is missing, or throws while it is evaluated; `cause` is the error itself
 */
export async function loadModule(url: string): Promise<object> {
  state.importing += 1;
  try {
    await prepareTsx();
    const namespace = (await import(url)) as object;
    rememberModule(url, namespace);
    return namespace;
  } catch (error) {
    const advice = adviceOn(error, url);
    throw new TaskReferenceError(`Cannot load module ${url}: ${messageOf(error)}${advice && `. ${advice}.`}`, {
      cause: error,
    });
  } finally {
    state.importing -= 1;
  }
}

/**
 * What a module exports under a path such as `parse`, `default` or `Tools.parse`, with the object that holds it.
 * CommonJS exports that import() does not see by name are found on the default export.
 *
 * @throws {TaskReferenceError} there is no such export
 */
export function exportAt(url: string, namespace: object, path: string): { value: unknown; holder: unknown } {
  if (Object.hasOwn(namespace, path)) {
    const value = (namespace as Record<string, unknown>)[path];
    if (path !== "default" || typeof value === "function") return { value, holder: namespace };
  }
  const { default: main } = namespace as { default?: unknown };
  const places = [followPath(namespace, path), followPath(main, path)].filter((place) => place !== undefined);
  const found = places.find(({ value }) => typeof value === "function") ?? places[0];
  if (found !== undefined) return found;
  const names = Object.keys(namespace);
  const offered = names.length === 0 ? "it exports nothing" : `it exports ${names.slice(0, 20).join(", ")}`;
  throw new TaskReferenceError(
    `Module ${url} has no export named "${path}"; ${offered}. Export it there, or correct the name.`,
  );
}

/** What helps where a module is missing or is not what Node runs; empty for a module's own errors. */
function adviceOn(error: unknown, url: string): string {
  const { code } = (error ?? {}) as { code?: unknown };
  const path = pathOfUrl(url);
  if (code === "ERR_MODULE_NOT_FOUND" && path !== undefined && !existsSync(path)) {
    return "Correct its URL; if a bundler made this program, make that module an entry of its own, beside the bundle";
  }
  const isAboutTypes = String(code).includes("TYPESCRIPT") || code === "ERR_UNKNOWN_FILE_EXTENSION";
  if (/\.[cm]?tsx?$/.test(path ?? "") && (isAboutTypes || code === "ERR_MODULE_NOT_FOUND")) {
    return 'Let the workers run TypeScript as the program does, as with the option execArgv: ["--import", "tsx"]';
  }
  return "";
}

function messageOf(error: unknown): string {
  return error instanceof Error || (typeof error === "object" && error !== null && "message" in error)
    ? String(error.message)
    : String(error);
}
