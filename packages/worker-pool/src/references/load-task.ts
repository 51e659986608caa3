/** From a descriptor to the function, on the worker's side. */
import { createRequire, isBuiltin } from "node:module";
import { pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { type AnyFunction, runChunk, TaskReferenceError } from "@concurrent-futures/core";
import type { SourceOrigin, TaskDescriptor } from "./descriptor.js";
import { exportAt, loadModule } from "./load-module.js";
import { nameOf } from "./refusals.js";
import { IMPORT } from "./travelling-source.js";
import { prepareTsx } from "./tsx-in-threads.js";

/**
 * Loads the function that a descriptor stands for. Nothing is kept: a failing load may be tried again.
 *
 * @throws {TaskReferenceError} the module is missing or fails (`cause` is its error), the export is missing or is no
 *   function, the source does not compile
 */
export async function loadTask(descriptor: TaskDescriptor): Promise<AnyFunction> {
  switch (descriptor.kind) {
    case "module":
      return loadExport(descriptor.url, descriptor.name);
    case "source":
      return compile(descriptor);
    case "chunk":
      return runChunk(await loadTask(descriptor.task)) as AnyFunction;
  }
}

async function loadExport(url: string, name: string): Promise<AnyFunction> {
  const namespace = await loadModule(url);
  const { value, holder } = exportAt(url, namespace, name);
  if (typeof value !== "function") {
    throw new TaskReferenceError(`Expected export "${name}" of ${url} to be a function, got ${value}`);
  }
  if (/^class\b/.test(Function.prototype.toString.call(value))) {
    throw new TaskReferenceError(`Expected export "${name}" of ${url} to be a function, got a class`);
  }
  return (holder === namespace ? value : bindTo(holder, value as AnyFunction)) as AnyFunction;
}

/** A static method means its class by `this`; its name stays. */
function bindTo(holder: unknown, method: AnyFunction): AnyFunction {
  const bound = method.bind(holder) as AnyFunction;
  return Object.defineProperty(bound, "name", { value: nameOf(method), configurable: true });
}

function compile({ source, label, captures = {}, origin }: TaskDescriptor & { kind: "source" }): AnyFunction {
  try {
    const names = Object.keys(captures);
    const options = origin && { filename: origin.url, lineOffset: origin.line, columnOffset: origin.column };
    const make = compileFunction(source, [IMPORT, ...names], options ?? { filename: label });
    return make(importFrom(origin), ...names.map((name) => captures[name])) as AnyFunction;
  } catch (error) {
    throw new TaskReferenceError(`Cannot compile ${label}: ${(error as Error).message}`, { cause: error });
  }
}

/** `import()` for a source that travelled: specifiers mean what they mean in the file that it comes from. */
function importFrom(
  origin: SourceOrigin | undefined,
): (specifier: unknown, options?: ImportCallOptions) => Promise<unknown> {
  return async (specifier, options) => {
    await prepareTsx();
    const resolved = resolve(String(specifier), origin?.url);
    return options === undefined ? import(resolved) : import(resolved, options);
  };
}

function resolve(specifier: string, from: string | undefined): string {
  if (from === undefined || isBuiltin(specifier)) return specifier;
  const base = URL.canParse(from) ? from : pathToFileURL("./").href; // code without a file imports from here
  if (/^\.{0,2}\//.test(specifier)) return new URL(specifier, base).href;
  if (URL.canParse(specifier)) return specifier;
  try {
    return pathToFileURL(createRequire(base).resolve(specifier)).href;
  } catch {
    return specifier; // a package without a CommonJS entry: found from here, if anywhere
  }
}
