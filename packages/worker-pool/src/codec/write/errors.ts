/**
 * Errors, with everything that makes them useful: class, message, name, code, own fields, cause, errors, stack.
 *
 *   ERROR class:u8 class-number+1:count count (kind:u8 key value)*
 *                                              HIDDEN      an own property that is not enumerable: message, stack, ...
 *                                              ENUMERABLE  an own field
 *                                              INHERITED   restored only where the class found there does not give it
 *
 * An error may be hostile (a getter that throws, a proxy): what hides behind the usual names is then left out.
 */
import { errorClassNumber } from "../error-classes.js";
import type { AnyClass } from "../host.js";
import { inside } from "../path.js";
import * as tags from "../tags.js";
import type { ValueWriter } from "./value-writer.js";

/** Own properties that are sent even when they are not enumerable. */
const USUAL = ["message", "name", "code", "cause", "errors", "error", "suppressed"];

interface Field {
  readonly key: string;
  readonly kind: number;
  readonly value: unknown;
}

export function writeError(to: ValueWriter, error: object): void {
  const { base, classNumber } = classOf(to, error);
  to.writer.byte(tags.ERROR);
  to.writer.byte(base);
  to.writer.count(classNumber + 1);
  writeFields(to, error, [...fieldsOf(error), ...inherited(error)]);
}

export function writeDomException(to: ValueWriter, exception: object): void {
  const { message, name } = exception as DOMException;
  to.writer.byte(tags.DOM_EXCEPTION);
  to.writer.text(String(message));
  to.writer.text(String(name));
  writeFields(to, exception, fieldsOf(exception));
}

function writeFields(to: ValueWriter, error: object, fields: readonly Field[]): void {
  to.writer.count(fields.length + 1);
  writeField(to, { key: "stack", kind: tags.HIDDEN, value: stackOf(error) });
  for (const field of fields) writeField(to, field);
}

function writeField(to: ValueWriter, { key, kind, value }: Field): void {
  to.writer.byte(kind);
  to.writer.text(key);
  try {
    to.value(value);
  } catch (error) {
    throw inside(error, key);
  }
}

/** The first class up the chain that the other side can find, or -1, and the first one that it has anyway. */
function classOf(to: ValueWriter, error: object): { base: number; classNumber: number } {
  let classNumber = -1;
  for (const cls of classesOf(error)) {
    const base = errorClassNumber(cls);
    if (base !== undefined) return { base, classNumber };
    if (classNumber === -1) classNumber = findClass(to, cls);
  }
  return { base: 0, classNumber };
}

function findClass({ classes, describeClass }: ValueWriter, cls: AnyClass): number {
  const known = classes.find(cls, false);
  if (known !== -1) return known;
  try {
    const descriptor = describeClass(cls);
    return descriptor === undefined ? -1 : classes.add(cls, descriptor, false);
  } catch {
    return -1; // not exported: the next class up will do
  }
}

function classesOf(error: object): AnyClass[] {
  const classes: AnyClass[] = [];
  try {
    for (let next: unknown = Object.getPrototypeOf(error); isObject(next); next = Object.getPrototypeOf(next)) {
      const cls: unknown = Object.getOwnPropertyDescriptor(next, "constructor")?.value;
      if (typeof cls === "function") classes.push(cls);
    }
  } catch {
    // a proxy that does not want to be looked at
  }
  return classes;
}

function fieldsOf(error: object): Field[] {
  const fields: Field[] = [];
  for (const key of USUAL) {
    const value = hiddenValue(error, key);
    if (value !== undefined) fields.push({ key, kind: tags.HIDDEN, value: value.value });
  }
  for (const key of enumerableKeys(error)) {
    if (key === "stack") continue;
    try {
      fields.push({ key, kind: tags.ENUMERABLE, value: (error as Record<string, unknown>)[key] });
    } catch (thrown) {
      throw inside(thrown, key);
    }
  }
  return fields;
}

function enumerableKeys(error: object): string[] {
  try {
    return Object.keys(error);
  } catch {
    return []; // a proxy that does not want to be looked at
  }
}

/** The value of an own property that is not enumerable, in a box; undefined where there is none that can be read. */
function hiddenValue(error: object, key: string): { value: unknown } | undefined {
  try {
    const property = Object.getOwnPropertyDescriptor(error, key);
    if (property === undefined || property.enumerable === true) return undefined;
    return { value: (error as Record<string, unknown>)[key] };
  } catch {
    return undefined;
  }
}

/** Comes last: getters of the class may need the own fields. */
function inherited(error: object): Field[] {
  const fields: Field[] = [];
  for (const key of ["message", "name", "code"]) {
    try {
      if (Object.hasOwn(error, key)) continue;
      const value: unknown = (error as Record<string, unknown>)[key];
      if (typeof value === "string" || typeof value === "number") fields.push({ key, kind: tags.INHERITED, value });
    } catch {
      // left to the class
    }
  }
  return fields;
}

function stackOf(error: object): string {
  try {
    const { stack } = error as Error;
    if (typeof stack === "string") return stack;
  } catch {
    // made up below
  }
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
