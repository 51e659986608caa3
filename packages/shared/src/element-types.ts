/** What shared memory can hold: the elements of typed arrays. */
import { inspect } from "node:util";

const constructors = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bigint64: BigInt64Array,
  biguint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** The type of a shared number, by the name of its typed array. */
export type ElementType = keyof typeof constructors;
/** Types whose elements are bigints. */
export type BigintType = "bigint64" | "biguint64";
/** Types whose elements are numbers. */
export type NumberType = Exclude<ElementType, BigintType>;
/** `this` of what adds atomically: not where the type is known to be a floating-point one. */
export type Addable<T extends ElementType> = T extends "float32" | "float64" ? never : unknown;
/** The JavaScript type of an element. */
export type ElementOf<T extends ElementType> = T extends BigintType ? bigint : number;
/** The typed array of a type. */
export type ArrayOf<T extends ElementType> = InstanceType<(typeof constructors)[T]>;

/** A typed array, as far as it is the same for all types. */
export interface Elements<T extends ElementType> {
  [index: number]: ElementOf<T>;
  readonly length: number;
}

/** @throws {TypeError} there is no such type */
export function checkType(type: unknown): asserts type is ElementType {
  if (typeof type === "string" && Object.hasOwn(constructors, type)) return;
  const names = Object.keys(constructors).map((name) => `"${name}"`);
  throw new TypeError(`Expected \`type\` to be one of ${names.join(", ")}, got ${inspect(type)}`);
}

export function bytesOf(type: ElementType): number {
  return constructors[type].BYTES_PER_ELEMENT;
}

/** A typed array over memory. */
export function elementsOver<T extends ElementType>(
  type: T,
  memory: ArrayBufferView,
  length: number,
): Elements<T> & ArrayOf<T> {
  return new constructors[type](memory.buffer as ArrayBuffer, memory.byteOffset, length) as never;
}

/** What `typeof` says of an element. */
export function typeOfElements(type: ElementType): "bigint" | "number" {
  return type === "bigint64" || type === "biguint64" ? "bigint" : "number";
}

/** @throws {TypeError} the value is not a number, or for a 64-bit type no bigint */
export function checkElement(type: ElementType, name: string, value: unknown): void {
  const expected = typeOfElements(type);
  if (typeof value !== expected) throw new TypeError(`Expected ${name} to be a ${expected}, got ${inspect(value)}`);
}

/** A typed array of integers, with which Atomics work; undefined for floating-point numbers. */
export function integersOf(type: ElementType, elements: unknown): Int32Array | undefined {
  return type === "float32" || type === "float64" ? undefined : (elements as Int32Array);
}

/** @throws {TypeError} why `n` cannot be added */
export function refuseToAdd(type: ElementType, n: unknown): never {
  checkElement(type, "`n`", n);
  throw new TypeError(`add() is for integers, and this is ${type}: hold getLock() while you read and write it`);
}
