/**
 * SharedMemory: the block that the pool shares with one worker process, and the sockets that wake either side.
 *
 *   take() ──► in use by one worker ──► worker is dead ──► give back ──► free ──► take(): zeroed, for the next worker
 *
 * M1  A block is never unmapped: views of it may live on, and touching them afterwards would crash this process. Blocks
 *     are used again instead, so there are as many as workers were alive at once.
 * M2  A block is given back when its worker is known to be dead and the engine has read what it left there.
 * M3  No block has a name: however processes die, the system frees it with its last user.
 */

import type { Libc } from "@concurrent-futures/shared/memory";
import { MEMORY_BYTES } from "@concurrent-futures/worker-pool";
import { WORDS_BYTES } from "./payloads.js";

/** The engine's memory, then the words of the payload files. */
const BLOCK_BYTES = MEMORY_BYTES + WORDS_BYTES;

export interface SharedMemory {
  readonly buffer: ArrayBuffer;
  readonly fd: number;
}

const free: SharedMemory[] = [];

/** A zeroed block; undefined where processes cannot share memory, or the system has none left. */
export function takeMemory(libc: Libc): SharedMemory | undefined {
  const used = free.pop();
  if (used !== undefined) {
    new Uint8Array(used.buffer).fill(0);
    return used;
  }
  let fd: number | undefined;
  try {
    fd = libc.createMemory(BLOCK_BYTES);
    return { fd, buffer: libc.mapMemory(fd, BLOCK_BYTES).buffer };
  } catch {
    if (fd !== undefined) libc.close(fd);
    return undefined; // out of descriptors or memory
  }
}

export function giveBackMemory(memory: SharedMemory): void {
  free.push(memory);
}
