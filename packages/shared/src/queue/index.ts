/**
 * Channels between threads and processes, for packages that build on them: `@concurrent-futures/shared/channel`.
 *
 *   queue.ts      the public Queue
 *   channel.ts    items, and waiting for them       ◄── Pipe is made of two of these, too
 *   items.ts      values as bytes                   pins.ts   what must live until it was received
 *   ring.ts       records in shared memory          word-lock.ts   who may put, who may take
 *   windows.ts    the ring's memory                 memory.ts   where it comes from
 */
export { Block, type BlockState } from "../block.js";
export type { Parking, SyncWaitOptions, WaitOptions } from "../parking.js";
export { Channel, type ChannelOptions } from "./channel.js";
export { createRings, ringMemory } from "./memory.js";
export { type RingPlace, SIDE_WORDS } from "./ring.js";
