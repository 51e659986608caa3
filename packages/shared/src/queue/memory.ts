/** How much memory queues have: addresses, of which only the pages in use cost anything. */
import { Block } from "../block.js";
import { loadLibc } from "../memory/libc.js";
import { type RingMemory, Windows } from "./windows.js";

/** Of one ring, where pages can be given back: 1 GiB. */
const PROCESS_WINDOWS = 4096;
/** Of one ring in a SharedArrayBuffer: 64 MiB. */
const THREAD_WINDOWS = 256;

/** Memory for some rings. */
export function createRings(count: number): Block {
  const windows = loadLibc() === undefined ? THREAD_WINDOWS : PROCESS_WINDOWS;
  return Block.create(count * Windows.memoryFor(windows), 0);
}

/** The memory of the `index`th of `count` rings. */
export function ringMemory(block: Block, index: number, count: number): RingMemory {
  const length = block.length / count;
  const start = index * length;
  const { discard } = block;
  return {
    length,
    view: (offset, size) => block.view(start + offset, size),
    discard: discard && ((offset, size) => discard(start + offset, size)),
  };
}
