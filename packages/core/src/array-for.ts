/** Longer arrays made at once would be hash tables. */
const MADE_AT_ONCE = 2 ** 24;

/** An array that `length` values are about to be put into, by index: one that grows would be copied again and again. */
export function arrayFor<T>(length: number): T[] {
  return length < MADE_AT_ONCE ? new Array<T>(length) : [];
}
