/** ArrayBuffers and the views over them. */
import { Refusal } from "../path.js";
import * as tags from "../tags.js";
import { BUFFER_TYPE, viewType } from "../view-types.js";
import type { ValueWriter } from "./value-writer.js";

export function writeBuffer(to: ValueWriter, buffer: ArrayBufferLike): void {
  const number = to.buffers.addWhole(buffer);
  to.writer.byte(tags.BUFFER);
  to.writer.count(number);
}

export function writeView(to: ValueWriter, view: ArrayBufferView): void {
  const type = viewType(view);
  if (type === -1) throw new Refusal("it is a view of an unknown type. Send its buffer");
  if (type === BUFFER_TYPE) to.extras.checkPooled(view);
  const number = to.buffers.addView(view);
  const { writer } = to;
  writer.byte(tags.VIEW);
  writer.byte(type);
  writer.count(number);
  writer.double(view.byteOffset);
  writer.double(followsItsBuffer(view) ? -1 : lengthOf(view));
}

/**
 * Whether a view grows with its buffer. JavaScript cannot ask a view; one that reaches to the end of a resizable buffer
 * was nearly always made without a length.
 */
function followsItsBuffer(view: ArrayBufferView): boolean {
  const buffer = view.buffer as ArrayBufferLike & { readonly resizable?: boolean; readonly growable?: boolean };
  if (buffer.resizable !== true && buffer.growable !== true) return false;
  return buffer.byteLength - view.byteOffset - view.byteLength < elementBytes(view);
}

function elementBytes(view: ArrayBufferView): number {
  return (view as Partial<Uint8Array>).BYTES_PER_ELEMENT ?? 1;
}

/** In elements, as constructors count. */
function lengthOf(view: ArrayBufferView): number {
  return (view as Partial<Uint8Array>).length ?? view.byteLength;
}
