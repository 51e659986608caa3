/** The views over an ArrayBuffer; the place in this list is what a message calls a type by. */
const NAMES: readonly string[] = [
  "Buffer",
  "Uint8Array",
  "Int8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "DataView",
  "Float16Array", // Node >= 24
];

export type ViewConstructor = new (buffer: ArrayBufferLike, offset: number, length?: number) => ArrayBufferView;

const typeTag = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)?.get;

/** The type of a view, also of one from another realm or of a subclass. */
export function viewType(view: ArrayBufferView): number {
  if (Buffer.isBuffer(view)) return 0;
  return NAMES.indexOf(typeTag?.call(view) ?? "DataView");
}

/** Makes views of a type; undefined for one that this Node does not have. */
export function viewConstructor(type: number): ViewConstructor | undefined {
  const name = NAMES[type];
  if (name === undefined) return undefined;
  return (globalThis as unknown as Record<string, ViewConstructor | undefined>)[name];
}

/** Buffers are made by a function, not a constructor. */
export const BUFFER_TYPE = 0;
