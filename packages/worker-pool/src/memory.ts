/**
 * The memory that the pool and one worker share: who writes what, who waits for it.
 *
 *   bytes          what                            written by            read by
 *   0..63          call ring control (ring.ts)     both, word by word    both
 *   64..127        result ring control             both, word by word    both
 *   4096..8191     claim words, one per slot       see claims.ts         both
 *   8192..         call ring data                  pool                  worker
 *   8192+256K..    result ring data                worker                pool
 */

/** Size of each ring's data; a power of two. */
export const RING_BYTES: number = 256 * 1024;
/** Calls that can be with one worker at a time, running or sent ahead. */
export const SLOTS = 1024;

const CLAIMS_AT = 4096;
const RINGS_AT = CLAIMS_AT + SLOTS * Int32Array.BYTES_PER_ELEMENT;

/** How much memory a worker's connection shares: both rings and the claim words. */
export const MEMORY_BYTES: number = RINGS_AT + 2 * RING_BYTES;

/** One ring's part of the memory. */
export interface RingMemory {
  readonly control: Int32Array;
  readonly data: Uint8Array;
}

/** The parts of a connection's memory. */
export interface PoolMemory {
  readonly calls: RingMemory;
  readonly results: RingMemory;
  readonly claims: Int32Array;
}

/** Lays the parts over a block of `MEMORY_BYTES`. */
export function layOut(memory: ArrayBufferLike): PoolMemory {
  if (memory.byteLength < MEMORY_BYTES) {
    throw new RangeError(`Expected shared memory of at least ${MEMORY_BYTES} bytes, got ${memory.byteLength}`);
  }
  const ring = (index: number): RingMemory => ({
    control: new Int32Array(memory, index * 64, 16),
    data: new Uint8Array(memory, RINGS_AT + index * RING_BYTES, RING_BYTES),
  });
  return { calls: ring(0), results: ring(1), claims: new Int32Array(memory, CLAIMS_AT, SLOTS) };
}
