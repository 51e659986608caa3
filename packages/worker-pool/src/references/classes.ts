/**
 * Classes of values that cross: which export a class is, and back.
 *
 * A class must be reachable here even while its module is still being evaluated (an entry module that awaits its own
 * tasks), where import() would wait for ever. So first what is known is asked: classes described before, modules that
 * were imported for tasks, and the scopes of functions written in that module. Only then is the module imported.
 */
import { TaskReferenceError } from "@concurrent-futures/core";
import { threadState } from "../thread-state.js";
import { findInBuiltInModules } from "./built-ins.js";
import { cachedModule, valueInExports } from "./commonjs.js";
import type { ClassDescriptor } from "./descriptor.js";
import { type Finding, findExport, readExports } from "./find-export.js";
import { inspect } from "./inspection.js";
import { findInLoadedModules, membersOf, valueInLoadedModule } from "./known-modules.js";
import { exportAt, loadModule } from "./load-module.js";
import { parsedScript } from "./parsed-script.js";
import { plainExport } from "./plain-export.js";
import { normalUrl, pathOfUrl } from "./urls.js";
import { followPath } from "./value-path.js";

/** A class as a value. */
// biome-ignore lint/suspicious/noExplicitAny: a class of anything, made with anything
export type AnyClass = abstract new (...args: any[]) => unknown;

const { described, classes } = threadState("classes", () => ({
  described: new WeakMap<object, { readonly descriptor: ClassDescriptor | undefined }>(),
  classes: new Map<string, WeakRef<AnyClass>>(),
}));

/** How long importing a module that is loaded already may take; a longer wait is one for its own evaluation. */
const IMPORT_LIMIT_MS = 1000;

/** The export that a class is; undefined when no module exports it. Never throws. */
export function describeClass(cls: unknown): ClassDescriptor | undefined {
  if (typeof cls !== "function") return undefined;
  const known = described.get(cls);
  if (known !== undefined) return known.descriptor;
  const descriptor = search(cls);
  described.set(cls, { descriptor });
  if (descriptor !== undefined) classes.set(keyOf(descriptor), new WeakRef(cls as unknown as AnyClass));
  return descriptor;
}

/**
 * Says where a class is exported, so that nothing has to be searched for when its first instance is sent.
 *
 * @param url  the module that exports it: its `import.meta.url`
 * @param name  the export's name
 */
export function declareClass(cls: AnyClass, url: string, name: string): void {
  const descriptor = { url, name };
  described.set(cls, { descriptor });
  classes.set(keyOf(descriptor), new WeakRef(cls));
}

function search(cls: object): ClassDescriptor | undefined {
  try {
    const loaded = findInLoadedModules(cls);
    if (loaded !== undefined) return loaded;
    const { exported, place } = inspect((inspection): Finding => {
      const plain = plainExport(inspection, cls, inspection.look(cls));
      return plain === undefined ? findExport(inspection, cls) : { exported: plain };
    });
    if (exported !== undefined) return exported;
    const url = place?.script.url;
    return url?.startsWith("node:") ? findInBuiltInModules(cls, url) : undefined;
  } catch {
    return undefined;
  }
}

/** The class, if this thread has it at hand: without importing anything. */
export function findClass(descriptor: ClassDescriptor): AnyClass | undefined {
  const known = classes.get(keyOf(descriptor))?.deref();
  if (known !== undefined) return known;
  const { url, name } = descriptor;
  const exports = cachedModule(pathOfUrl(url), url)?.exports;
  const found =
    asClass(valueInLoadedModule(url, name)) ??
    asClass(valueInExports(exports, name)) ??
    asClass(valueInScope(url, name));
  if (found !== undefined) classes.set(keyOf(descriptor), new WeakRef(found));
  return found;
}

/**
 * The class that a descriptor stands for: at once where it is at hand, else by importing its module.
 *
 * @param needed  false: import no module that this thread has not loaded, since nobody here can know the class
 * @returns undefined only where it is not `needed`
 * @throws {TaskReferenceError} (by rejecting) the module cannot be loaded, waits for its own evaluation, or exports no
 *   such class
 */
export function loadClass(descriptor: ClassDescriptor, needed = true): AnyClass | undefined | Promise<AnyClass> {
  const found = findClass(descriptor);
  if (found !== undefined) return found;
  const loaded = isLoaded(descriptor.url);
  return needed || loaded ? importClass(descriptor, loaded) : undefined;
}

function isLoaded(url: string): boolean {
  try {
    return inspect((inspection) => inspection.hasScript((script) => normalUrl(script) === url));
  } catch {
    return false;
  }
}

async function importClass(descriptor: ClassDescriptor, loaded: boolean): Promise<AnyClass> {
  const { url, name } = descriptor;
  const loading = loadModule(url);
  const namespace = await (loaded ? inTime(loading, url) : loading);
  const found = asClass(exportAt(url, namespace, name).value);
  if (found === undefined) throw new TaskReferenceError(`Expected export "${name}" of ${url} to be a class`);
  classes.set(keyOf(descriptor), new WeakRef(found));
  return found;
}

async function inTime<T>(loading: Promise<T>, url: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `Module ${url} is still being evaluated, perhaps waiting for this value: its class cannot be had yet`;
    timer = setTimeout(() => reject(new TaskReferenceError(message)), IMPORT_LIMIT_MS);
  });
  try {
    return await Promise.race([loading, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The value of a module's export as a function written in that module sees it. */
function valueInScope(url: string, path: string): unknown {
  const members = membersOf(url);
  if (members.length === 0) return undefined;
  try {
    return inspect((inspection) => {
      for (const member of members) {
        const sight = inspection.look(member);
        const script = sight.location && parsedScript(inspection, sight.location.scriptId);
        if (script?.url !== url) continue;
        const values = readExports(inspection, sight, script);
        const roots = script.exports.map(({ name, local }) => [name, local && values.get(local)]);
        const found = followPath(Object.fromEntries(roots), path);
        if (found !== undefined) return found.value;
      }
      return undefined;
    });
  } catch {
    return undefined;
  }
}

function asClass(value: unknown): AnyClass | undefined {
  return typeof value === "function" ? (value as unknown as AnyClass) : undefined;
}

function keyOf({ url, name }: ClassDescriptor): string {
  return `${url}#${name}`;
}
