/** A copy of bytes, with memory of its own. (`slice` of a Buffer is not one.) */
export function copyOf(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}
