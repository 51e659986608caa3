/**
 * The memory of a pipe, as one thread sees it: a channel each way, and who has the ends.
 *
 *   word    0..3 a puts, 4..7 a takes     16..19 b takes, 20..23 b puts     32..35 ends (pipe-ends.ts)
 *
 *   a ──► channels[0] ──► b          Each end's words lie together, apart from the other's.
 *   a ◄── channels[1] ◄── b
 */
import { InvalidStateError } from "@concurrent-futures/core";
import { type Block, Channel, createRings, ringMemory } from "@concurrent-futures/shared/channel";
import { EndOfFileError } from "./pipe-end-of-file-error.js";
import { type End, Ends } from "./pipe-ends.js";

const PLACES = [
  { put: 0, take: 16 },
  { put: 20, take: 4 },
] as const;
/** A sender does not wait, and so looks for the dead by itself. */
const LOOK_EVERY_MS = 10;

export class PipeMemory {
  readonly block: Block;
  readonly ends: Ends;
  /** By the end that puts. */
  readonly #channels: readonly [Channel, Channel];
  #lookAt = 0; // when to look for the dead again

  private constructor(block: Block) {
    this.block = block;
    this.ends = new Ends(block); // before the channels: who waits in them asks it
    this.#channels = [this.#open(0), this.#open(1)];
  }

  static create(): PipeMemory {
    return PipeMemory.of(createRings(2));
  }

  /** The one over a block. */
  static of(block: Block): PipeMemory {
    return block.object("Pipe", () => new PipeMemory(block));
  }

  /** An end is sent to somebody, with what is in the pipe. */
  sent(end: End): void {
    this.ends.send(end);
    for (const channel of this.#channels) channel.sent();
  }

  /** What an end sends through. */
  outgoing(end: End): Channel {
    const now = performance.now();
    if (now >= this.#lookAt) {
      this.#lookAt = now + LOOK_EVERY_MS;
      this.block.parking.sweep();
    }
    return this.#channels[end];
  }

  /** What an end receives from. */
  incoming(end: End): Channel {
    return this.#channels[other(end)];
  }

  /** The channel that end `from` sends through. */
  #open(from: End): Channel {
    const { block, ends } = this;
    const to = other(from);
    return new Channel({ words: block.words, ...PLACES[from] }, ringMemory(block, from, 2), block.parking, {
      limit: Number.POSITIVE_INFINITY,
      ended: () => (ends.isClosed(to) ? closed() : ends.isGone(from) ? ended() : undefined),
      broken: () => (ends.isClosed(from) ? closed() : ends.isGone(to) ? broken() : undefined),
    });
  }
}

function other(end: End): End {
  return end === 0 ? 1 : 0;
}

export function closed(): InvalidStateError {
  return new InvalidStateError("This end of the pipe has been closed. Receive it again, or make another Pipe()");
}

function ended(): EndOfFileError {
  return new EndOfFileError(
    "Nothing more will come: the other end of the pipe was closed, or whoever had it has ended",
  );
}

function broken(): EndOfFileError {
  return new EndOfFileError(
    "Nobody can receive this: the other end of the pipe was closed, or whoever had it has ended",
  );
}
