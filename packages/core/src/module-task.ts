/** Loading a function from a module by name. */
import { TaskReferenceError } from "./errors.js";
import { show } from "./show.js";
import type { AnyFunction } from "./task-reference.js";

/** Checks and normalizes a module's address. */
export function moduleUrl(url: unknown): string {
  const text = typeof url === "string" ? url : (url as { href?: unknown } | null | undefined)?.href;
  if (typeof text === "string" && URL.canParse(text)) return new URL(text).href;
  throw new TypeError(
    `Expected \`url\` to be an absolute URL, such as import.meta.url or new URL("./tasks.js", import.meta.url), got ${show(url)}`,
  );
}

/**
 * Imports a module and finds the function `name` in it: an export, or `Class.method` for a static method.
 *
 * @throws {TaskReferenceError} there is no such export, or it is not a function
 */
export async function loadFromModule(url: string, name: string): Promise<AnyFunction> {
  const module = (await import(/* webpackIgnore: true */ /* @vite-ignore */ url)) as Record<string, unknown>;
  const found = name in module ? module[name] : staticMethod(module, name);
  if (typeof found === "function") return found as AnyFunction;
  if (found !== undefined) {
    throw new TaskReferenceError(`The export "${name}" of ${url} is not a function but ${show(found)}`);
  }
  const names = Object.keys(module).filter((key) => typeof module[key] === "function");
  const hint = names.length > 0 ? `it exports ${names.join(", ")}` : "it exports no functions";
  throw new TaskReferenceError(
    `The module ${url} has no export "${name}"; ${hint}. Export the function, or correct its name`,
  );
}

function staticMethod(module: Record<string, unknown>, name: string): unknown {
  const [className, method, ...rest] = name.split(".");
  if (className === undefined || method === undefined || rest.length > 0) return undefined;
  const owner = module[className];
  const found = typeof owner === "function" ? (owner as unknown as Record<string, unknown>)[method] : undefined;
  // A static method may use `this`, its class.
  return typeof found === "function" ? found.bind(owner) : found;
}
