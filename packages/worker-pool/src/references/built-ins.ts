/** Functions that come with Node: `Math.max`, `parseInt`, `readFileSync`. They have no source, but a worker has them. */
import { createRequire, isBuiltin } from "node:module";
import type { TaskDescriptor } from "./descriptor.js";
import { knownGlobals } from "./known-globals.js";
import { ownValues } from "./value-path.js";

/** Modules whose functions people might submit; asked in this order. */
const MODULES = [
  ..."fs fs/promises path os util url crypto zlib querystring timers timers/promises child_process dns".split(" "),
  ..."dns/promises buffer events assert v8 stream/promises http https net tls perf_hooks string_decoder".split(" "),
];

/** How a worker finds a function or class of Node's own; undefined when it cannot. `script` is where it is written. */
export function findBuiltIn(wanted: object, script?: string): TaskDescriptor | undefined {
  const expression = findGlobal(wanted);
  if (expression !== undefined) {
    // Called as a method, because some (Promise.resolve) need their object.
    const method = expression.includes(".");
    const source = method ? `return (...args) => ${expression}(...args)` : `return ${expression}`;
    return { kind: "source", source, label: `"${expression}"` };
  }
  const found = findInBuiltInModules(wanted, script);
  return found && { kind: "module", ...found };
}

/** Where a module of Node's exports a value. */
export function findInBuiltInModules(wanted: object, script?: string): { url: string; name: string } | undefined {
  const own = script !== undefined && isBuiltin(script) ? [script] : [];
  for (const url of [...own, ...MODULES.map((name) => `node:${name}`)]) {
    const module = loadBuiltIn(url);
    if (module === wanted) return { url, name: "default" };
    const name = module && ownValues(module).find(([, value]) => value === wanted)?.[0];
    if (name !== undefined) return { url, name };
  }
  return undefined;
}

function findGlobal(wanted: object): string | undefined {
  for (const name of knownGlobals) {
    const value = globalValue(name);
    if (value === wanted) return name;
    if ((typeof value !== "object" && typeof value !== "function") || value === null || value === globalThis) continue;
    const method = ownValues(value).find(([, inner]) => inner === wanted)?.[0];
    if (method !== undefined && /^[\w$]+$/.test(method)) return `${name}.${method}`;
  }
  return undefined;
}

/** A global's value. Getters may warn or start things, so only those of the two that are always there are run. */
function globalValue(name: string): unknown {
  if (name === "process" || name === "Buffer") return globalThis[name];
  return Object.getOwnPropertyDescriptor(globalThis, name)?.value;
}

function loadBuiltIn(url: string): object | undefined {
  try {
    return process.getBuiltinModule?.(url) ?? (createRequire(import.meta.url)(url) as object);
  } catch {
    return undefined;
  }
}
