/**
 * From a function, or a reference to one, to a descriptor by which a worker gets at it.
 *
 *   reference ── task(), importTasks() ─────────────────────► module
 *             ── inline() ──────────────────────────────────► source with captures
 *             ── map's chunk ───────────────────────────────► chunk of one of the others
 *   function  ── exported by a module ──────────────────────► module
 *             ── comes with Node ───────────────────────────► module or source
 *             ── uses nothing from around it ───────────────► source
 *             ── anything else: TaskReferenceError
 */
import { type TaskShape, taskShape } from "@concurrent-futures/core";
import { findBuiltIn } from "./built-ins.js";
import type { TaskDescriptor } from "./descriptor.js";
import { isMade, type Place } from "./find-export.js";
import type { InspectorUnavailable } from "./inspection.js";
import { findInLoadedModules } from "./known-modules.js";
import { exportAdvice, labelOf, nameOf, refusal } from "./refusals.js";
import { isClass, keepSource, search, searchAgain, searchElsewhere } from "./search.js";
import { parseScript } from "./syntax.js";
import { describeBySource } from "./travelling-source.js";
import { normalUrl } from "./urls.js";

const described = new WeakMap<object, TaskDescriptor>();

/**
 * Describes a task so that a worker can find it. Synchronous, and quick for a task described before.
 *
 * @param task  a function, or what `task()`, `importTasks()`, `inline()` and `map` make
 * @throws {TypeError} it is not callable at all
 * @throws {TaskReferenceError} no worker could find it; the message names the function, its file and line, the reason
 *   and the remedy
 *
 * Semantics: the pickling of functions by reference, Python 3.14.
 * Differs (D-20): functions that use nothing from around them
 * travel as source.
 */
export function describeTask(task: unknown): TaskDescriptor {
  const shape = shapeOf(task);
  if (shape === undefined && typeof task !== "function") {
    throw new TypeError(`Expected the task to be a function, got ${printed(task)}`);
  }
  const key = task as object;
  const known = described.get(key);
  if (known !== undefined) return known;
  const descriptor = shape === undefined ? describeFunction(key) : describeShape(shape);
  described.set(key, descriptor);
  return descriptor;
}

function shapeOf(task: unknown): TaskShape | undefined {
  if ((typeof task !== "object" && typeof task !== "function") || task === null) return undefined;
  return (task as { [taskShape]?: TaskShape })[taskShape];
}

function describeShape(shape: TaskShape): TaskDescriptor {
  switch (shape.kind) {
    case "module":
      return { kind: "module", url: normalUrl(shape.url), name: shape.name };
    case "inline":
      return describeInline(shape.fn, shape.captures);
    case "chunk":
      return { kind: "chunk", task: describeTask(shape.task) };
    default:
      // Executors take partials apart before they get here.
      throw refusal("a partial", "its arguments would be lost", "Submit it by itself, not inside another task");
  }
}

function describeFunction(fn: object): TaskDescriptor {
  const loaded = findInLoadedModules(fn);
  if (loaded !== undefined && !isClass(fn)) return { kind: "module", ...loaded };
  const native = isNative(fn);
  const builtIn = native ? findBuiltIn(fn) : undefined;
  if (builtIn !== undefined) return builtIn;

  const { known, key, exported, place, unavailable } = search(fn);
  if (known !== undefined) return known;
  if (isClass(fn)) throw refuseClass(fn, place);
  if (exported !== undefined) return { kind: "module", ...exported };
  const url = place?.script.url ?? "";
  const inner = url.startsWith("node:") ? findBuiltIn(fn, url) : undefined;
  if (inner !== undefined) return inner;
  if (native || url.startsWith("node:")) return byReference(fn, place) ?? fail(refuseNative(fn, place));
  try {
    const source = describeBySource({ fn, place, captures: {}, ...(unavailable ? unseen(unavailable) : NOT_EXPORTED) });
    if (key !== undefined) keepSource(key, source);
    return source;
  } catch (error) {
    return byReference(fn, place) ?? fail(error);
  }
}

/** A function that another one made may be an export of a module that it leads to. */
function byReference(fn: object, place: Place | undefined): TaskDescriptor | undefined {
  const exported = isMade(place) ? searchElsewhere(fn) : undefined;
  return exported && { kind: "module", ...exported };
}

function fail(error: unknown): never {
  throw error;
}

const NOT_EXPORTED = { reason: "it is not exported" };

function unseen(unavailable: InspectorUnavailable) {
  const why = unavailable.message.replace(/[\s.]+$/, "");
  return {
    reason: `this thread has no inspector to find where it is exported (${why})`,
    advice: 'Say where it is exported: task(import.meta.url, "name", fn), or importTasks(url) for a whole module',
  };
}

function describeInline(fn: object, captures: Readonly<Record<string, unknown>>): TaskDescriptor {
  if (typeof fn !== "function") throw new TypeError(`Expected inline()'s function, got ${printed(fn)}`);
  for (const name of Object.keys(captures)) {
    if (!isVariable(name)) {
      throw new TypeError(`Expected the names in \`captures\` to be names of variables, got ${JSON.stringify(name)}`);
    }
  }
  const { place } = searchAgain(fn);
  if (isClass(fn)) throw refuseClass(fn, place);
  if (isNative(fn)) throw refusal(labelOf(fn, place), "it has no source of its own", exportAdvice(place));
  return describeBySource({ fn, place, reason: "inline() sends its source", captures });
}

function refuseClass(fn: object, place: Place | undefined) {
  const remedy = "Submit a function that makes the object there, or a static method";
  return refusal(labelOf(fn, place), "it is a class, and a task must be a function", remedy);
}

function refuseNative(fn: object, place: Place | undefined) {
  const label = labelOf(fn, place);
  if (nameOf(fn).startsWith("bound ")) {
    return refusal(
      label,
      "it is a bound function that no module exports",
      "Use partial(fn, ...args) instead of bind()",
    );
  }
  const what = place === undefined ? "it is native, or a proxy" : `it belongs to ${place.script.url}`;
  return refusal(label, `${what}, and no module exports it`, "Wrap it in a function and export that from a module");
}

/** Whether there is no source: functions of Node's own, bound functions, proxies. */
function isNative(fn: object): boolean {
  return /\{\s*\[native code\]\s*\}\s*$/.test(Function.prototype.toString.call(fn));
}

function isVariable(name: string): boolean {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(name)) return false;
  try {
    parseScript(`const ${name} = 0;`, "module"); // refuses reserved words
    return true;
  } catch {
    return false;
  }
}

function printed(value: unknown): string {
  return typeof value === "string"
    ? JSON.stringify(value)
    : typeof value === "object" && value
      ? "an object"
      : String(value);
}
