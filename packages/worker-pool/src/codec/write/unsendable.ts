/** What cannot be sent, said so that the reader knows what to send instead. */
import { types } from "node:util";
import { Refusal } from "../path.js";
import { belongsToPlatform } from "./class-kind.js";

const tagOf = Object.prototype.toString;
const WEAK = ["WeakRef", "WeakMap", "WeakSet", "FinalizationRegistry"];
const NAMESPACES = ["Intl.", "Temporal.", "WebAssembly."];

/** Why a function or a symbol is not sent. */
export function refusePrimitive(value: unknown): Refusal {
  if (typeof value === "function") {
    return new Refusal(
      `it is ${nameOf(value)}, and functions do not travel as values. ` +
        "Send the data that it works on, or export it from a module that the task imports",
    );
  }
  return new Refusal(`it is ${nameOf(value)}, which means nothing elsewhere. Send a string`);
}

/** Why an object of a class that is not a program's own is not sent; undefined where its properties are sent. */
export function refuseObject(object: object): Refusal | undefined {
  const remedy = remedyFor(object);
  return remedy === undefined ? undefined : new Refusal(`it is ${nameOf(object)}. ${remedy}`);
}

function remedyFor(object: object): string | undefined {
  if (types.isPromise(object)) return "Await it first and send its value";
  const tag = tagOf.call(object).slice("[object ".length, -1);
  if (types.isGeneratorObject(object) || tag.endsWith(" Iterator") || tag === "Iterator Helper") {
    return "Send what it yields: [...iterator]";
  }
  if (WEAK.includes(tag)) return "It means nothing elsewhere. Send what it refers to";
  if (NAMESPACES.some((namespace) => tag.startsWith(namespace)) || belongsToPlatform(object)) {
    return "Its state is not in its properties. Send the data that it is made from";
  }
  return undefined;
}

/** A value's kind in words, such as `a function (onClick)` or `an instance of Socket`. */
export function nameOf(value: unknown): string {
  switch (typeof value) {
    case "function":
      return value.name === "" ? "a function" : `a function (${value.name})`;
    case "symbol":
      return `a symbol (${String(value)})`;
    case "object":
      return value === null ? "null" : `an instance of ${classNameOf(value)}`;
    default:
      return String(value);
  }
}

function classNameOf(object: object): string {
  try {
    const { name } = object.constructor;
    if (typeof name === "string" && name !== "" && name !== "Object") return name;
  } catch {
    // a getter or a proxy of the program's own
  }
  return tagOf.call(object).slice("[object ".length, -1);
}
