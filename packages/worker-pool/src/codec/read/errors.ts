/** Errors: made of their class without running its constructor, then given their fields (see write/errors.ts). */
import { errorClass } from "../error-classes.js";
import type { AnyClass } from "../host.js";
import { inside } from "../path.js";
import * as tags from "../tags.js";
import type { ValueReader } from "./value-reader.js";

export function readError(from: ValueReader): Error {
  const base = errorClass(from.reader.byte());
  const number = from.reader.count();
  const cls = number === 0 ? undefined : from.classes[number - 1];
  const error = bareError(cls !== undefined && makesErrors(cls) ? cls : base);
  from.objects.push(error);
  readFields(from, error);
  return error;
}

/** Without a stack, which would be overwritten, and takes longest to make. */
function bareError(cls: AnyClass): Error {
  const limit = Error.stackTraceLimit;
  Reflect.set(Error, "stackTraceLimit", 0); // not assigned: that throws where the built-ins are frozen
  try {
    return Reflect.construct(Error, [], cls);
  } finally {
    Reflect.set(Error, "stackTraceLimit", limit);
  }
}

export function readDomException(from: ValueReader): Error {
  const message = from.reader.text();
  const exception = new DOMException(message, from.reader.text());
  from.objects.push(exception);
  readFields(from, exception);
  return exception;
}

function readFields(from: ValueReader, error: Error): void {
  for (let left = from.reader.length(); left > 0; left--) {
    const kind = from.reader.byte();
    const key = from.reader.text();
    let value: unknown;
    try {
      value = from.value();
    } catch (thrown) {
      throw inside(thrown, key);
    }
    if (kind === tags.INHERITED && isThere(error, key, value)) continue;
    Object.defineProperty(error, key, {
      value,
      enumerable: kind === tags.ENUMERABLE,
      writable: true,
      configurable: true,
    });
  }
}

/** Whether the error has the value already, from its class. */
function isThere(error: Error, key: string, value: unknown): boolean {
  try {
    return (error as unknown as Record<string, unknown>)[key] === value;
  } catch {
    return false;
  }
}

/** A module may have something else under the name by now. */
function makesErrors(cls: AnyClass): boolean {
  for (
    let next: unknown = cls.prototype;
    typeof next === "object" && next !== null;
    next = Object.getPrototypeOf(next)
  ) {
    if (next === Error.prototype || next.constructor.name === "Error") return isConstructor(cls);
  }
  return false;
}

function isConstructor(cls: AnyClass): boolean {
  try {
    Reflect.construct(Object, [], cls);
    return true;
  } catch {
    return false;
  }
}
