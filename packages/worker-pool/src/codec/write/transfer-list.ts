/** What may stand in the `transfer` option. The platform would refuse most mistakes too, but later and with less to say. */
import { types } from "node:util";
import * as workerThreads from "node:worker_threads";
import { Refusal } from "../path.js";
import { hostKind } from "./class-kind.js";
import { isDetached } from "./detached.js";
import { nameOf } from "./unsendable.js";

/** The list as a set. Throws a Refusal for the first entry that cannot be transferred. */
export function checkTransferList(transfer: readonly unknown[]): ReadonlySet<unknown> {
  const seen = new Set<unknown>();
  for (const [index, entry] of transfer.entries()) {
    const reason = seen.has(entry) ? "it is listed twice. List it once" : reasonAgainst(entry);
    if (reason !== undefined) {
      const refusal = new Refusal(reason);
      refusal.root = `transfer[${index}]`;
      throw refusal;
    }
    seen.add(entry);
  }
  return seen;
}

function reasonAgainst(entry: unknown): string | undefined {
  if (typeof entry !== "object" || entry === null) {
    return `expected something transferable such as an ArrayBuffer or a MessagePort, got ${nameOf(entry)}`;
  }
  if (ArrayBuffer.isView(entry)) return "it is a view. List its memory, view.buffer, and send the view as an argument";
  if (types.isSharedArrayBuffer(entry)) return "a SharedArrayBuffer is shared as it is. Leave it out of `transfer`";
  if (types.isArrayBuffer(entry)) {
    if (isDetached(entry)) return "its memory was transferred away before";
    return isPool(entry)
      ? "Node shares this memory among many Buffers. Transfer a copy of its own: new Uint8Array(buffer).buffer"
      : undefined;
  }
  return hostKind(entry) === "transfer" ? undefined : `it is ${nameOf(entry)}, which cannot be transferred`;
}

type MarkCheck = ((object: unknown) => boolean) | undefined;

/** Tells what must not be transferred; Node >= 21. */
const isMarkedAsUntransferable = (workerThreads as { isMarkedAsUntransferable?: MarkCheck }).isMarkedAsUntransferable;

function isPool(buffer: object): boolean {
  return isMarkedAsUntransferable?.(buffer) ?? Buffer.from("in the pool of now").buffer === buffer;
}

/**
 * Whether a Buffer lives in memory that Node shares among many. Where Node does not tell, former pools are known by
 * their size only; a buffer of the program's own that has just this size is then refused, too.
 */
export function isPooled(view: ArrayBufferView): boolean {
  const { buffer } = view;
  const looksPooled = view.byteLength < buffer.byteLength && buffer.byteLength === Buffer.poolSize;
  return isMarkedAsUntransferable?.(buffer) ?? looksPooled;
}
