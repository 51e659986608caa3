/**
 * Short texts seen before, by their bytes. Property names repeat from message to message; one that is taken from here
 * is the very string that the engine has looked up as a name before, which is several times faster to use as a key.
 */
const SLOTS = 1024;
const LONGEST = 40;

const texts: string[] = new Array(SLOTS).fill("");

const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

/** `length` latin1 bytes from `start` on as a text that is likely to be met again. */
export function keyText(bytes: Uint8Array, start: number, length: number): string {
  if (length > LONGEST) return latin1Slice.call(bytes, start, start + length);
  let hash = length;
  for (let i = 0; i < length; i++) hash = (Math.imul(hash, 31) + (bytes[start + i] as number)) | 0;
  const slot = hash & (SLOTS - 1);
  const known = texts[slot] as string;
  if (isThere(known, bytes, start, length)) return known;
  const text = latin1Slice.call(bytes, start, start + length);
  texts[slot] = text;
  return text;
}

function isThere(text: string, bytes: Uint8Array, start: number, length: number): boolean {
  if (text.length !== length) return false;
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}
