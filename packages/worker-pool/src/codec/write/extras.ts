/**
 * What of a message travels beside its bytes: objects that only the platform can move between threads, and memory that
 * is transferred or shared. Between processes there is no such way, and all of it is refused; there, what is large
 * travels beside the bytes so that it need not be copied into them.
 */
import { types } from "node:util";
import { Refusal } from "../path.js";
import { hostKind } from "./class-kind.js";
import { checkTransferList, isPooled } from "./transfer-list.js";
import { nameOf } from "./unsendable.js";

export class Extras {
  readonly #hostObjects: boolean;
  #objects: unknown[] = [];
  #transfer: ReadonlySet<unknown> | undefined;
  #copies: ArrayBuffer[] = []; // of memory that travels apart; transferred too

  /** @param hostObjects  whether there is a way for them, as between threads */
  constructor(hostObjects: boolean) {
    this.#hostObjects = hostObjects;
  }

  /** Starts a message. Throws a Refusal where the list cannot be transferred. */
  begin(transfer: readonly unknown[] | undefined): void {
    if (transfer === undefined || transfer.length === 0) return;
    if (!this.#hostObjects) {
      const refusal = new Refusal("between processes everything is copied. Leave `transfer` out, or use threads");
      refusal.root = "transfer";
      throw refusal;
    }
    this.#transfer = checkTransferList(transfer);
  }

  /** Where a transferred or shared buffer is among the extras; -1 for one that is copied. */
  placeOfBuffer(buffer: ArrayBufferLike): number {
    if (this.#transfer?.has(buffer)) return this.#add(buffer);
    if (!types.isSharedArrayBuffer(buffer)) return -1;
    if (this.#hostObjects) return this.#add(buffer);
    throw new Refusal(
      "its memory is a SharedArrayBuffer, which a process cannot see. Use threads, or send a copy; " +
        "what @concurrent-futures/shared offers reaches processes on Linux where koffi can be loaded",
    );
  }

  /** Where an object that the platform moves is among the extras; undefined for any other object. */
  place(object: object): number | undefined {
    const kind = hostKind(object);
    if (kind === undefined) return undefined;
    if (!this.#hostObjects) {
      throw new Refusal(`it is ${nameOf(object)}, which cannot go to a process. Use threads, or send its data`);
    }
    if (kind === "transfer" && !this.#transfer?.has(object)) {
      throw new Refusal(`it is ${nameOf(object)}, which can only be transferred. ${transferHint(object)}`);
    }
    return this.#add(object);
  }

  /** Refuses a Buffer whose memory is to be transferred although other Buffers live in it. */
  checkPooled(buffer: ArrayBufferView): void {
    if (this.#transfer?.has(buffer.buffer) && isPooled(buffer)) {
      throw new Refusal(
        "it is a Buffer in memory that Node shares among many, which cannot be transferred. " +
          "Transfer a copy of its own: new Uint8Array(buffer)",
      );
    }
  }

  /**
   * Puts memory that is too large for the message among the extras; returns its place there. Between threads this is a
   * copy already, the only one that is made.
   */
  addApart(bytes: Uint8Array): number {
    if (!this.#hostObjects) return this.#add(bytes);
    const copy = bytes.slice().buffer as ArrayBuffer;
    this.#copies.push(copy);
    return this.#add(copy);
  }

  /** The extras of the message; undefined where there are none. */
  get objects(): unknown[] | undefined {
    return this.#objects.length === 0 && this.#transfer === undefined ? undefined : this.#objects;
  }

  get transfer(): unknown[] | undefined {
    const copies = this.#copies;
    return this.#transfer === undefined && copies.length === 0 ? undefined : [...(this.#transfer ?? []), ...copies];
  }

  /** Forgets the message; lists handed out stay as they are. */
  clear(): void {
    if (this.#objects.length > 0) this.#objects = [];
    if (this.#copies.length > 0) this.#copies = [];
    this.#transfer = undefined;
  }

  #add(object: unknown): number {
    return this.#objects.push(object) - 1;
  }
}

function transferHint(object: object): string {
  if (typeof AbortSignal === "function" && object instanceof AbortSignal) {
    return "To stop a task use the `signal` option; in the task it is taskContext().signal";
  }
  return "List it in the `transfer` option";
}
