/** Objects that are neither arrays nor plain: which writer an object belongs to. */
import { types } from "node:util";
import * as tags from "../tags.js";
import { writeBoxed, writeDate, writeMap, writeRegExp, writeSet } from "./builtins.js";
import { classKind } from "./class-kind.js";
import { writeDomException, writeError } from "./errors.js";
import { isSerializable, writeInstance } from "./instances.js";
import { refuseObject } from "./unsendable.js";
import type { ValueWriter } from "./value-writer.js";
import { writeBuffer, writeView } from "./views.js";

const tagOf = Object.prototype.toString;

/** Writes an object whose prototype is neither null nor Object's. */
export function writeSpecial(to: ValueWriter, object: object, number: number): void {
  if (isSerializable(object)) writeInstance(to, object, number);
  else if (ArrayBuffer.isView(object)) writeView(to, object);
  else if (tagOf.call(object) === "[object Object]") writeByClass(to, object);
  else if (!writeBuiltin(to, object)) writePlatformObject(to, object);
}

/** All of the language's own classes have another tag, so the checks for them, a call into Node each, are spared. */
function writeByClass(to: ValueWriter, object: object): void {
  const kind = classKind(object);
  if (kind === "plain") to.properties(object);
  else if (kind === "error") writeError(to, object);
  else writePlatformObject(to, object);
}

/** Returns false where the object is of none of the language's own classes. */
function writeBuiltin(to: ValueWriter, object: object): boolean {
  if (isDomException(object)) writeDomException(to, object);
  else if (types.isNativeError(object)) writeError(to, object);
  else if (types.isMap(object)) writeMap(to, object);
  else if (types.isSet(object)) writeSet(to, object);
  else if (types.isDate(object)) writeDate(to.writer, object);
  else if (types.isRegExp(object)) writeRegExp(to.writer, object);
  else if (types.isAnyArrayBuffer(object)) writeBuffer(to, object);
  else if (types.isBoxedPrimitive(object)) writeBoxed(to, object);
  else return false;
  return true;
}

function isDomException(object: object): boolean {
  return typeof DOMException === "function" && object instanceof DOMException;
}

/** What is left: the platform's objects, and a program's own that call themselves something. */
function writePlatformObject(to: ValueWriter, object: object): void {
  const place = to.extras.place(object);
  if (place !== undefined) {
    to.writer.byte(tags.EXTRA);
    to.writer.count(place);
    return;
  }
  const refusal = refuseObject(object);
  if (refusal !== undefined) throw refusal;
  to.properties(object);
}
