/** Errors on their way through Redis: class, name, message, stack, own fields, cause. */
import * as core from "@concurrent-futures/core";
import type { AnyClass } from "./registry.js";
import type { ClassNames } from "./values.js";

/** An error as it travels. Other errors in it travel as values. */
export interface SentError {
  readonly class: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
  readonly own: Readonly<Record<string, unknown>>;
}

const shared = new Map<string, AnyClass>();
for (const cls of [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError]) {
  shared.set(cls.name, cls);
}
for (const [name, value] of Object.entries(core)) {
  if (typeof value === "function" && value.prototype instanceof Error) shared.set(name, value);
}

export function isError(value: object): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

export function sendError(error: Error, classes: ClassNames): SentError {
  const own: Record<string, unknown> = {};
  for (const key of Object.getOwnPropertyNames(error)) {
    if (key === "stack" || key === "message" || key === "name") continue;
    own[key] = (error as unknown as Record<string, unknown>)[key];
  }
  const { code } = error as { code?: unknown };
  return {
    class: nearestClass(error, classes),
    name: String(error.name),
    message: String(error.message),
    stack: typeof error.stack === "string" ? error.stack : undefined,
    code: typeof code === "string" || typeof code === "number" ? code : undefined,
    own,
  };
}

export function receiveError(sent: SentError, classes: ClassNames): Error {
  const cls = shared.get(sent.class) ?? classes.find(sent.class) ?? Error;
  // An error in the engine's sense too, made without running the class's constructor.
  const error = isErrorClass(cls) ? (Reflect.construct(Error, [sent.message], cls) as Error) : new Error(sent.message);
  for (const [key, value] of Object.entries(sent.own)) define(error, key, value, key !== "cause" && key !== "errors");
  if (error.name !== sent.name) define(error, "name", sent.name, false);
  if (sent.code !== undefined && (error as { code?: unknown }).code !== sent.code)
    define(error, "code", sent.code, true);
  define(error, "stack", sent.stack, false);
  return error;
}

/** The first class of its chain that the other side can have. */
function nearestClass(error: Error, classes: ClassNames): string {
  for (let at: object | null = Object.getPrototypeOf(error); at !== null; at = Object.getPrototypeOf(at)) {
    const cls = Object.hasOwn(at, "constructor") ? (at.constructor as AnyClass) : undefined;
    if (typeof cls !== "function") continue;
    const same = shared.get(cls.name);
    if (same === cls || (same !== undefined && /\[native code\]/.test(Function.prototype.toString.call(cls)))) {
      return cls.name;
    }
    const name = classes.nameOf(cls);
    if (name !== undefined) return name;
  }
  return "Error";
}

function isErrorClass(cls: AnyClass): boolean {
  return cls === Error || cls.prototype instanceof Error;
}

function define(error: Error, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true });
}
