import { inside } from "../path.js";
import * as tags from "../tags.js";
import type { ValueReader } from "./value-reader.js";

/** Longer arrays are grown: made at once, they would be hash tables. */
const MADE_AT_ONCE = 2 ** 24;

export function readArray(from: ValueReader): unknown[] {
  const { reader } = from;
  const length = reader.count();
  const array: unknown[] = [];
  from.objects.push(array);
  let index = 0;
  try {
    while (index < length) {
      if (reader.bytes[reader.position] === tags.HOLES) {
        reader.byte();
        const holes = reader.uint32();
        if (holes === 0 || holes > length - index) throw reader.damaged();
        index += holes;
        array.length = index;
      } else {
        array[index] = from.value();
        index += 1;
      }
    }
  } catch (error) {
    throw inside(error, index);
  }
  return array;
}

export function readMatchArray(from: ValueReader): unknown[] {
  const array = readArray(from);
  for (let left = from.reader.length(); left > 0; left--) {
    const key = from.reader.text();
    Object.defineProperty(array, key, { value: from.value(), writable: true, enumerable: true, configurable: true });
  }
  return array;
}

export function readIntArray(from: ValueReader): number[] {
  const { reader } = from;
  const length = reader.uint32();
  let at = reader.take(length * 4);
  const array: number[] = length < MADE_AT_ONCE ? new Array(length) : [];
  from.objects.push(array);
  const { view } = reader;
  for (let i = 0; i < length; i++, at += 4) array[i] = view.getInt32(at, true);
  return array;
}

export function readDoubleArray(from: ValueReader): number[] {
  const { reader } = from;
  const length = reader.uint32();
  let at = reader.take(length * 8);
  const array: number[] = length < MADE_AT_ONCE ? new Array(length) : [];
  from.objects.push(array);
  const { view } = reader;
  for (let i = 0; i < length; i++, at += 8) array[i] = view.getFloat64(at, true);
  return array;
}
