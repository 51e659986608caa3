/**
 * Which objects are the platform's, and whether it can move them between threads. Told by the class: the answer is
 * kept for each prototype.
 *
 * Node has no public question for that. It marks the classes that it implements in JavaScript with registered-looking
 * symbols on their prototypes (checked on Node 20 to 26), and for the native ones there are brand checks.
 */
import { types } from "node:util";
import { MessagePort } from "node:worker_threads";

/** `clone`: may be posted; `transfer`: only when listed. */
export type HostKind = "clone" | "transfer";
/**
 * `memory`: WebAssembly's, which may be posted when it is shared; `stays`: the platform's, not posted at all; `error`:
 * made without Error's constructor, or behind a proxy; `plain`: a program's own.
 */
export type ClassKind = HostKind | "memory" | "stays" | "error" | "plain";

const CLONE_MARK = "messaging_clone_symbol";
const TRANSFER_MARK = "messaging_transfer_symbol";

const classKinds = new WeakMap<object, ClassKind>();
/** Read before programs add globals of their own. */
const platformNames = new Set(Object.getOwnPropertyNames(globalThis));
platformNames.delete("Object");

/** Whether and how the platform moves an object that is not a buffer; undefined for any other. */
export function hostKind(object: object): HostKind | undefined {
  const kind = classKind(object);
  if (kind === "clone" || kind === "transfer") return kind;
  return kind === "memory" && types.isSharedArrayBuffer((object as { buffer?: unknown }).buffer) ? "clone" : undefined;
}

/** Whether an object's class is the platform's own: its state is not in its properties. */
export function belongsToPlatform(object: object): boolean {
  return classKind(object) === "stays";
}

/** What kind of class made an object; asked once for each class. */
export function classKind(object: object): ClassKind {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (typeof prototype !== "object" || prototype === null) return "plain";
  let kind = classKinds.get(prototype);
  if (kind === undefined) {
    kind = findClassKind(object, prototype);
    classKinds.set(prototype, kind);
  }
  return kind;
}

function findClassKind(object: object, prototype: object): ClassKind {
  if (object instanceof MessagePort) return "transfer";
  if (types.isKeyObject(object) || types.isCryptoKey(object)) return "clone";
  const tag = Object.prototype.toString.call(object);
  if (tag === "[object WebAssembly.Module]") return "clone";
  if (tag === "[object WebAssembly.Memory]") return "memory";
  let kind: ClassKind = "plain";
  for (let next: unknown = prototype; typeof next === "object" && next !== null; next = Object.getPrototypeOf(next)) {
    for (const symbol of Object.getOwnPropertySymbols(next)) {
      if (symbol.description === CLONE_MARK) return "clone";
      if (symbol.description === TRANSFER_MARK) kind = "transfer";
    }
  }
  if (kind === "transfer") return kind;
  if (object instanceof Error) return "error";
  return isPlatformClass(prototype.constructor) ? "stays" : "plain";
}

function isPlatformClass(cls: unknown): boolean {
  if (typeof cls !== "function" || !platformNames.has(cls.name)) return false;
  return (globalThis as unknown as Record<string, unknown>)[cls.name] === cls;
}
