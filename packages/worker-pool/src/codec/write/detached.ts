import { types } from "node:util";

/** Whether an ArrayBuffer's memory was transferred away. `detached` itself exists only in newer versions of Node. */
export function isDetached(buffer: ArrayBufferLike): boolean {
  if (buffer.byteLength > 0 || !types.isArrayBuffer(buffer)) return false;
  try {
    new Uint8Array(buffer);
    return false;
  } catch {
    return true;
  }
}
