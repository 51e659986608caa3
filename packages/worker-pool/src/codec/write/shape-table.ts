/**
 * The lists of keys met, as a tree: each key leads on from those before it. An object is walked once, going down the
 * tree with its keys; where it ends up is its shape.
 *
 *   (root) ── id ── name ── email      shape of { id, name, email }; { id, name } ends one step before
 *        └─── x ─── y
 *
 * The tree is kept from message to message; which shapes a message has, and their numbers there, is not.
 *
 * H1  The tree is bounded, in all directions: what has no place in it is sent with its keys (OBJECT_AND_MORE).
 * H2  A tree that is full is thrown away after a while: the program may be doing something else by now.
 */
import { copyOf } from "../../bytes.js";
import { empty } from "./empty.js";
import type { Writer } from "./writer.js";

const MOST_SHAPES = 2048;
const MOST_KEYS = 128;
const LONGEST_KEY = 128;
/** How many messages a full tree is kept for. */
const KEPT_FULL = 1000;

const EDGE = -1;

/** A list of keys: those on the way from the root. */
export class Shape {
  readonly key: string;
  readonly depth: number;
  readonly before: Shape | undefined;
  /** Where the last object went on from here. */
  next: Shape | undefined;
  others: Map<string, Shape> | undefined; // all the ways from here, once there are two
  message = 0; // the message that the two below are of
  number = 0;
  objects = 0;
  definition: Uint8Array | undefined; // once it has been written

  constructor(key: string, before?: Shape, depth: number = before === undefined ? 0 : before.depth + 1) {
    this.key = key;
    this.before = before;
    this.depth = depth;
  }

  /** Whether this is no shape, but what stands for all that follows the shape `before`. */
  get isEdge(): boolean {
    return this.depth === EDGE;
  }
}

export class ShapeTable {
  root = new Shape("");
  readonly #met: Shape[] = []; // in this message, by number
  #message = 1;
  #shapes = 0; // in the tree
  #fullFor = 0; // messages

  get size(): number {
    return this.#met.length;
  }

  /** Where a key leads from a shape that did not lead there last: to a shape, or over the edge for good (H1). */
  after(shape: Shape, key: string): Shape {
    if (shape.isEdge) return shape;
    const known = shape.others?.get(key);
    if (known !== undefined) {
      shape.next = known;
      return known;
    }
    if (this.#shapes === MOST_SHAPES || shape.depth === MOST_KEYS || key.length > LONGEST_KEY) {
      return new Shape(key, shape, EDGE);
    }
    this.#shapes += 1;
    const next = new Shape(key, shape);
    if (shape.next !== undefined) {
      shape.others ??= new Map([[shape.next.key, shape.next]]);
      shape.others.set(key, next);
    }
    shape.next = next;
    return next;
  }

  /** The number of a shape in this message, which has one more object of it. */
  numberOf(shape: Shape): number {
    if (shape.message !== this.#message) {
      shape.message = this.#message;
      shape.objects = 0;
      shape.number = this.#met.push(shape) - 1;
    }
    shape.objects += 1;
    return shape.number;
  }

  writeTo(writer: Writer): void {
    writer.count(this.#met.length);
    for (const shape of this.#met) {
      shape.definition ??= define(shape, writer);
      writer.uint32(shape.objects);
      writer.block(shape.definition);
    }
  }

  clear(): void {
    empty(this.#met);
    this.#message += 1;
    if (this.#shapes < MOST_SHAPES || ++this.#fullFor < KEPT_FULL) return;
    this.root = new Shape("");
    this.#shapes = 0;
    this.#fullFor = 0;
  }
}

/** The shape's bytes in a message: a hash, how many follow, the keys. */
function define(shape: Shape, writer: Writer): Uint8Array {
  const keys: string[] = [];
  for (let at = shape; at.before !== undefined; at = at.before) keys.unshift(at.key);
  const start = writer.position;
  for (const key of keys) writer.text(key);
  const texts = copyOf(writer.bytes.subarray(start, writer.position));
  writer.position = start;
  writer.uint32(hashOf(texts));
  writer.count(texts.length);
  writer.block(texts);
  const definition = copyOf(writer.bytes.subarray(start, writer.position));
  writer.position = start;
  return definition;
}

function hashOf(bytes: Uint8Array): number {
  let hash = bytes.length;
  for (const byte of bytes) hash = (Math.imul(hash, 31) + byte) | 0;
  return (hash ^ (hash >>> 15)) >>> 0;
}
