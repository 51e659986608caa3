/**
 * Values ↔ text, through devalue: Dates, Maps, Sets, BigInts, typed arrays, cycles and shared references, and nothing
 * that could run code when it is read. Errors, Buffers and instances with [serialize] are put into plain data here.
 */
import { deserialize, SerializationError, serialize } from "@concurrent-futures/core";
import { parse, stringify } from "devalue";
import type { AnyClass } from "./registry.js";
import { isError, receiveError, type SentError, sendError } from "./thrown.js";

/** How values ask for classes. */
export interface ClassNames {
  nameOf(cls: AnyClass): string | undefined;
  find(name: string): AnyClass | undefined;
}

type Side = SerializationError["side"];

/** What travels in place of an object that devalue has no form for. */
type Special =
  | readonly ["error", SentError]
  | readonly ["dom", name: string, message: string, stack: string | undefined]
  | readonly ["bytes", Uint8Array]
  | readonly ["instance", className: string, state: unknown]
  | readonly ["plain", Readonly<Record<string, unknown>>];

const NATIVE = new Set(
  ["Number", "String", "Boolean", "BigInt", "Date", "RegExp", "Map", "Set", "ArrayBuffer", "DataView"].concat(
    ["Int8", "Uint8", "Uint8Clamped", "Int16", "Uint16", "Int32", "Uint32"].map((kind) => `${kind}Array`),
    ["Float16", "Float32", "Float64", "BigInt64", "BigUint64"].map((kind) => `${kind}Array`),
  ),
);

export class Values {
  readonly #classes: ClassNames;
  readonly #reducers = { $: (value: unknown) => this.#reduce(value) };
  readonly #revivers = { $: (special: Special) => this.#revive(special) };

  constructor(classes: ClassNames) {
    this.#classes = classes;
  }

  /** @throws {SerializationError} something in it cannot be sent */
  write(value: unknown, side: Side, root: string = side === "argument" ? "args" : "result"): string {
    try {
      return stringify(value, this.#reducers);
    } catch (error) {
      throw this.#failure("send", error, side, root);
    }
  }

  /** @throws {SerializationError} the text is damaged, a class is not known here, or its [deserialize] fails */
  read(text: string, side: Side, root: string = side === "argument" ? "args" : "result"): unknown {
    try {
      return parse(text, this.#revivers);
    } catch (error) {
      throw this.#failure("receive", error, side, root);
    }
  }

  /** What a task threw: always gets through. */
  writeThrown(thrown: unknown): string {
    try {
      return this.write(thrown, "result", "error");
    } catch (error) {
      return this.write(error, "result");
    }
  }

  #failure(verb: string, error: unknown, side: Side, root: string): SerializationError {
    const { path = "", message = String(error) } = Object(error) as { path?: string; message?: string };
    const where = `${root}${path}`;
    return new SerializationError(`Cannot ${verb} ${where}: ${message}`, { side, path: where }, { cause: error });
  }

  #reduce(value: unknown): Special | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    if (Array.isArray(value)) return this.#instance(value);
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null) {
      return Object.getOwnPropertySymbols(value).length > 0 ? ["plain", { ...stringKeyed(value) }] : undefined;
    }
    if (isError(value)) return this.#instance(value) ?? ["error", sendError(value, this.#classes)];
    if (value instanceof DOMException) return ["dom", value.name, value.message, value.stack];
    if (Buffer.isBuffer(value)) return ["bytes", new Uint8Array(value)];
    const instance = this.#instance(value);
    if (instance !== undefined) return instance;
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    if (NATIVE.has(tag) || tag !== "Object") return undefined; // devalue's, or refused by it
    return ["plain", stringKeyed(value)];
  }

  #instance(value: object): Special | undefined {
    const state = (value as { [serialize]?: () => unknown })[serialize];
    if (typeof state !== "function") return undefined;
    const cls = value.constructor;
    const name = this.#classes.nameOf(cls);
    if (name === undefined) throw new TypeError(`no module that the other side knows exports its class ${cls.name}`);
    return ["instance", name, state.call(value)];
  }

  #revive(special: Special): unknown {
    switch (special[0]) {
      case "error":
        return receiveError(special[1], this.#classes);
      case "dom":
        return Object.defineProperty(new DOMException(special[2], special[1]), "stack", {
          value: special[3],
          configurable: true,
          writable: true,
        });
      case "bytes":
        return Buffer.from(special[1].buffer, special[1].byteOffset, special[1].byteLength);
      case "plain":
        return special[1];
      default:
        return this.#construct(special);
    }
  }

  #construct([kind, name, state]: readonly unknown[]): unknown {
    const cls = kind === "instance" && typeof name === "string" ? this.#classes.find(name) : undefined;
    const make = (cls as { [deserialize]?: (state: unknown) => unknown } | undefined)?.[deserialize];
    if (typeof make !== "function") {
      throw new TypeError(`the class ${String(name)} is not registered here, or has no [deserialize]`);
    }
    return make.call(cls, state);
  }
}

function stringKeyed(value: object): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) copy[key] = (value as Record<string, unknown>)[key];
  return copy;
}
