/**
 * Block: the memory of one shared object, as this thread sees it.
 *
 *   create ──► toState() ── argument, result, queue ──► fromState() in another thread or process
 *
 * B1  A thread has one Block for a memory, however often it arrives, and one object of each kind over it (`object`).
 * B2  A memory is open as long as one Block for it is reachable here, or was sent a short while ago: whoever receives
 *     it opens it through the process that sent it.
 * B3  When the last thread of this process drops it, its descriptor is closed and its pages are given back.
 */
import { randomFillSync } from "node:crypto";
import { inspect } from "node:util";
import { isMainThread } from "node:worker_threads";
import { DISCARDER, HEADER_BYTES, ID, ID_WORDS, MAGIC, MAGIC_VALUE, OBJECT, OBJECT_WORDS } from "./layout.js";
import { loadLibc } from "./memory/libc.js";
import {
  createMapping,
  discardMapping,
  type Mapping,
  openMapping,
  type ProcessMemory,
  type ThreadMemory,
  viewHeader,
} from "./memory/mapping.js";
import { Parking } from "./parking.js";
import { Parties } from "./parties.js";

/** A block on its way. */
export interface BlockState {
  readonly id: string;
  readonly memory: ProcessMemory | ThreadMemory;
}

/** How long a memory stays open after it was sent, for the receiver to open it. */
const IN_FLIGHT_MS = 10_000;

const blocks = new Map<string, WeakRef<Block>>();
const inFlight = new Map<Block, number>(); // until when
let landing: NodeJS.Timeout | undefined;

/**
 * What this thread has of a memory: how many buffers over it, since a view may outlive its Block. When the memory is
 * sent here again, it is these that are used, so that there is one mapping.
 */
const here = new Map<string, { readonly source: ProcessMemory | ThreadMemory; buffers: number }>();

const dropped = new FinalizationRegistry<string>((id) => {
  if (blocks.get(id)?.deref() === undefined) blocks.delete(id);
  const mine = here.get(id);
  if (mine === undefined) return;
  mine.buffers -= 1;
  if (mine.buffers > 0) return;
  here.delete(id);
  if (!("header" in mine.source)) letGo(id, mine.source);
});

/** This thread has dropped a memory. */
function letGo(id: string, memory: ProcessMemory): void {
  const buffer = viewHeader(memory);
  if (buffer === undefined) return;
  const header = headerOf(buffer);
  if (!Parties.letGo(header)) return;
  // Two threads may come here at once. If the other was quicker, the header is empty, or says so.
  const other = Atomics.exchange(header, DISCARDER, process.pid);
  if (other !== process.pid && idOf(header) === id) discardMapping(memory);
}

/**
 * A thread's end collects no garbage. What is on its way is left to its receivers. (A thread that is terminated does
 * not come here: what only it had stays as long as the process.)
 */
if (!isMainThread) {
  process.once("exit", () => {
    for (const [id, { source }] of here) {
      const block = blocks.get(id)?.deref();
      const isInFlight = block !== undefined && inFlight.has(block);
      if (!("header" in source || isInFlight)) letGo(id, source);
    }
  });
}

export class Block {
  /** The object's own words, at first zero. */
  readonly words: Int32Array;
  /** What the object holds beside them, at first zero. Pages that are never touched cost nothing. */
  readonly data: Uint8Array;
  /** Who may have it: threads and processes, or threads of this process only. */
  readonly kind: "process" | "thread";
  /** Who uses it, and waiting. */
  readonly parking: Parking;
  /** Bytes beside the object's words, of which `data` may show only the first. */
  readonly length: number;
  /** Gives the pages of a range of those bytes back; they are zero afterwards. Undefined where that cannot be done. */
  readonly discard: ((offset: number, length: number) => void) | undefined;
  readonly #id: string;
  readonly #address: number | undefined;
  readonly #source: ProcessMemory | ThreadMemory;
  readonly #objects = new Map<string, object>();

  private constructor(id: string, mapping: Mapping) {
    const { header, data, bytes, source, address } = mapping;
    this.#id = id;
    this.#source = source;
    this.words = new Int32Array(header, OBJECT * 4, OBJECT_WORDS);
    this.data = new Uint8Array(data);
    this.length = bytes;
    this.#address = address;
    const libc = address === undefined ? undefined : loadLibc();
    this.discard = libc && ((offset, length) => libc.releasePages(Number(address) + HEADER_BYTES + offset, length));
    this.kind = address === undefined ? "thread" : "process";
    this.parking = new Parking(headerOf(header), address);
    Atomics.compareExchange(this.parking.table, DISCARDER, process.pid, 0);
    this.parking.enter(); // takes part from the start: B3 counts on it
    blocks.set(id, new WeakRef(this));
    const mine = here.get(id) ?? { source, buffers: 0 };
    here.set(id, mine);
    for (const buffer of [header, data]) {
      mine.buffers += 1;
      dropped.register(buffer, id);
    }
  }

  /**
   * @param dataBytes how much it holds beside the object's words
   * @param shownBytes how much of that `data` shows; the rest is seen through `view`
   */
  static create(dataBytes: number, shownBytes: number = dataBytes): Block {
    const mapping = createMapping(Math.ceil(dataBytes / 8) * 8, Math.ceil(shownBytes / 8) * 8);
    const header = headerOf(mapping.header);
    header[MAGIC] = MAGIC_VALUE;
    randomFillSync(header, ID, ID_WORDS);
    return new Block(idOf(header), mapping);
  }

  /**
   * @param what its name in errors
   * @throws {TypeError} `state` is not what toState() gave
   * @throws {Error} its memory cannot be had here, or is gone
   */
  static fromState(state: unknown, what: string): Block {
    if (!isState(state)) throw new TypeError(`This is not the state of a shared ${what}`);
    const known = blocks.get(state.id)?.deref();
    if (known !== undefined) return known;
    const mapping = open(state, what);
    return new Block(state.id, mapping);
  }

  /** For `[serialize]`. */
  toState(): BlockState {
    inFlight.set(this, performance.now() + IN_FLIGHT_MS);
    landing ??= setInterval(land, IN_FLIGHT_MS).unref();
    return { id: this.#id, memory: this.#source };
  }

  /** A view of the bytes beside the object's words. Whoever has it keeps this Block, too. */
  view(offset: number, length: number): Uint8Array {
    const { buffer } = this.data;
    const libc = this.#address === undefined || offset + length <= buffer.byteLength ? undefined : loadLibc();
    if (libc === undefined) return new Uint8Array(buffer, offset, length);
    return new Uint8Array(libc.viewMemory(Number(this.#address) + HEADER_BYTES + offset, length));
  }

  /** The object of a kind over this memory; made once. */
  object<T extends object>(kind: string, make: () => T): T {
    const object = this.#objects.get(kind) ?? make();
    this.#objects.set(kind, object);
    return object as T;
  }
}

/** Checks what a constructor got that is called with nothing, except from within this package. */
export function requireBlock(block: unknown): Block | undefined {
  if (block === undefined || block instanceof Block) return block;
  throw new TypeError(`Expected no argument, got ${inspect(block)}`);
}

function open({ id, memory }: BlockState, what: string): Mapping {
  let cause: unknown;
  try {
    const mapping = openMapping(here.get(id)?.source ?? memory);
    if (idOf(headerOf(mapping.header)) === id) return mapping;
  } catch (error) {
    cause = error;
  }
  const reason = cause instanceof Error ? cause.message : "the process that sent it has dropped it since";
  throw new Error(`Cannot open the memory of a shared ${what}: ${reason}`, { cause });
}

function land(): void {
  const now = performance.now();
  for (const [block, until] of inFlight) if (until <= now) inFlight.delete(block);
  if (inFlight.size > 0) return;
  clearInterval(landing);
  landing = undefined;
}

function headerOf(buffer: ArrayBufferLike): Int32Array {
  return new Int32Array(buffer, 0, HEADER_BYTES / 4);
}

function idOf(header: Int32Array): string {
  return header.subarray(ID, ID + ID_WORDS).join(".");
}

function isState(state: unknown): state is BlockState {
  const { id, memory } = (state ?? {}) as Partial<BlockState>;
  return typeof id === "string" && typeof memory === "object" && memory !== null;
}
