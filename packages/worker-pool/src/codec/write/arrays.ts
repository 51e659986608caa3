/** Arrays: those of numbers as raw memory, the others element by element. */
import { inside } from "../path.js";
import * as tags from "../tags.js";
import type { ValueWriter } from "./value-writer.js";
import type { Writer } from "./writer.js";

/** Elements for which room is made at once: a sparse array's length says nothing of its size. */
const BLOCK = 4096;

export function writeArray(to: ValueWriter, array: readonly unknown[]): void {
  const { length } = array;
  const { writer } = to;
  if (length > 1 && typeof array[0] === "number" && writeNumbers(writer, array)) return;
  // Named properties of other arrays are not looked for: the only way lists all elements too, and takes long.
  const isMatch = Object.hasOwn(array, "groups");
  writer.byte(isMatch ? tags.MATCH_ARRAY : tags.ARRAY);
  writer.count(length);
  let index = 0;
  try {
    while (index < length) {
      const value = array[index];
      if (value === undefined && !Object.hasOwn(array, index)) {
        index += writeHoles(writer, array, index);
      } else {
        to.value(value);
        index += 1;
      }
    }
  } catch (error) {
    throw inside(error, index);
  }
  if (isMatch) writeNamed(to, array);
}

/** Returns false, having written nothing, unless all elements are numbers. */
function writeNumbers(writer: Writer, array: readonly unknown[]): boolean {
  const start = writer.position;
  if (writeInts(writer, array)) return true;
  writer.position = start;
  if (writeDoubles(writer, array)) return true;
  writer.position = start;
  return false;
}

function writeInts(writer: Writer, array: readonly unknown[]): boolean {
  const { length } = array;
  writer.byte(tags.INT_ARRAY);
  writer.uint32(length);
  for (let from = 0; from < length; from += BLOCK) {
    const to = Math.min(from + BLOCK, length);
    writer.reserve((to - from) * 4);
    const { view } = writer;
    let position = writer.position;
    for (let i = from; i < to; i++, position += 4) {
      const value = array[i];
      if (typeof value !== "number" || (value | 0) !== value || (value === 0 && 1 / value < 0)) return false;
      view.setInt32(position, value, true);
    }
    writer.position = position;
  }
  return true;
}

function writeDoubles(writer: Writer, array: readonly unknown[]): boolean {
  const { length } = array;
  writer.byte(tags.DOUBLE_ARRAY);
  writer.uint32(length);
  for (let from = 0; from < length; from += BLOCK) {
    const to = Math.min(from + BLOCK, length);
    writer.reserve((to - from) * 8);
    const { view } = writer;
    let position = writer.position;
    for (let i = from; i < to; i++, position += 8) {
      const value = array[i];
      if (typeof value !== "number") return false;
      view.setFloat64(position, value, true);
    }
    writer.position = position;
  }
  return true;
}

/** Writes how many elements are missing from `index` on. */
function writeHoles(writer: Writer, array: readonly unknown[], index: number): number {
  let end = index + 1;
  while (end < array.length && end - index < BLOCK && !Object.hasOwn(array, end)) end += 1;
  if (end - index === BLOCK) end = nextIndex(array, end);
  writer.byte(tags.HOLES);
  writer.uint32(end - index);
  return end - index;
}

/** The first index from `from` on that is there: an array may be billions long and hold one element. */
function nextIndex(array: readonly unknown[], from: number): number {
  for (const key of Object.keys(array)) {
    const index = Number(key);
    if (!(index < array.length)) break; // indices come first, ascending
    if (index >= from) return index;
  }
  return array.length;
}

/** All that is not an element: index, input, groups, indices. */
function writeNamed(to: ValueWriter, array: readonly unknown[]): void {
  const keys = Object.keys(array).filter((key) => !(Number(key) < array.length));
  to.writer.count(keys.length);
  for (const key of keys) {
    to.writer.text(key);
    try {
      to.value((array as unknown as Record<string, unknown>)[key]);
    } catch (error) {
      throw inside(error, key);
    }
  }
}
