/** What travels over the engine's MessagePort. */
import type { MessagePort, Transferable } from "node:worker_threads";

/** A wake-up. */
export const WAKE = 0;

/** Bytes that are too large for the ring, and host objects. */
export type Posted = [bytes: Uint8Array, extras: readonly unknown[]];

/** What a worker is started with. */
export interface WorkerData {
  readonly port: MessagePort;
  readonly memory: SharedArrayBuffer;
}

/** Posts bytes, handing their memory over rather than copying it. */
export function post(
  port: MessagePort,
  bytes: Uint8Array,
  extras: readonly unknown[] = [],
  transfer: readonly Transferable[] = [],
): void {
  const memory = bytes.length === 0 ? [] : [bytes.buffer as ArrayBuffer];
  port.postMessage([bytes, extras] satisfies Posted, [...memory, ...transfer]);
}
