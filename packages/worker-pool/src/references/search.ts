/** Asking the inspector about a function that is to be described, or doing without where there is none. */
import type { ClassDescriptor, TaskDescriptor } from "./descriptor.js";
import { type Finding, findElsewhere, findHere } from "./find-export.js";
import { type Inspection, InspectorUnavailable, inspect } from "./inspection.js";
import { plainExport } from "./plain-export.js";
import { nameOf } from "./refusals.js";

/** What was found of a function. */
export interface Search extends Finding {
  /** What another function, made by the same code, was described as. */
  readonly known?: TaskDescriptor;
  /** Names the place in the code. */
  readonly key?: string;
  /** Why this thread could not look. */
  readonly unavailable?: InspectorUnavailable;
}

/** Functions that one piece of code makes, as an arrow function in a loop, travel by the same source. */
const sources = new Map<string, TaskDescriptor>();
const SOURCES_KEPT = 1000;

/** Remembers the source by which the functions made at a place travel. */
export function keepSource(key: string, source: TaskDescriptor): void {
  if (sources.size >= SOURCES_KEPT) sources.clear();
  sources.set(key, source);
}

/** Whether a function is a class. */
export function isClass(fn: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(fn));
}

/** What is known of the place of a function, or else what can be found there. */
export function search(fn: object): Search {
  return ask((inspection) => {
    const sight = inspection.look(fn);
    if (sight.location === undefined) return {};
    const plain = isClass(fn) ? undefined : plainExport(inspection, fn, sight);
    if (plain !== undefined) return { exported: plain };
    const { scriptId, line, column } = sight.location;
    const key = `${scriptId}:${line}:${column} ${nameOf(fn)}`;
    const known = sources.get(key);
    return known === undefined ? { key, ...findHere(inspection, fn, sight) } : { known };
  });
}

/** The place of a function, and its export there. */
export function searchAgain(fn: object): Search {
  return ask((inspection) => findHere(inspection, fn, inspection.look(fn)));
}

/** The export of another module that a function is. */
export function searchElsewhere(fn: object): ClassDescriptor | undefined {
  return ask((inspection) => {
    const exported = findElsewhere(inspection, fn);
    return exported === undefined ? {} : { exported };
  }).exported;
}

function ask(question: (inspection: Inspection) => Search): Search {
  try {
    return inspect(question);
  } catch (error) {
    if (error instanceof InspectorUnavailable) return { unavailable: error };
    throw error;
  }
}
