/** Values of the language's own classes, except for errors and buffers. */
import { inside } from "../path.js";
import type { ValueReader } from "./value-reader.js";

export function readBigint64(from: ValueReader): bigint {
  return from.reader.view.getBigInt64(from.reader.take(8), true);
}

export function readBigint(from: ValueReader): bigint {
  const negative = from.reader.byte() === 1;
  const value = BigInt(`0x${from.reader.text()}`);
  return negative ? -value : value;
}

export function readDate(from: ValueReader): Date {
  const date = new Date(from.reader.double());
  from.objects.push(date);
  return date;
}

export function readRegExp(from: ValueReader): RegExp {
  const source = from.reader.text();
  const regExp = new RegExp(source, from.reader.text());
  from.objects.push(regExp);
  return regExp;
}

export function readMap(from: ValueReader): Map<unknown, unknown> {
  const map = new Map<unknown, unknown>();
  from.objects.push(map);
  const size = from.reader.uint32();
  let index = 0;
  try {
    for (; index < size; index++) {
      const key = from.value();
      map.set(key, from.value());
    }
  } catch (error) {
    throw inside(error, { text: `.values()[${index}]` });
  }
  return map;
}

export function readSet(from: ValueReader): Set<unknown> {
  const set = new Set<unknown>();
  from.objects.push(set);
  const size = from.reader.uint32();
  let index = 0;
  try {
    for (; index < size; index++) set.add(from.value());
  } catch (error) {
    throw inside(error, { text: `.values()[${index}]` });
  }
  return set;
}

export function readBoxed(from: ValueReader): object {
  const boxed = Object(from.value());
  from.objects.push(boxed);
  return boxed;
}
