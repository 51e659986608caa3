/**
 * How the memory of one shared object is laid out. All of it is zero at first.
 *
 *   words 0..15     header, below
 *   words 16..63    the object's own
 *   words 64..1023  the parties: threads that use the object, RECORD words each (parties.ts)
 *   bytes 4096..    data of any length
 */
export const HEADER_BYTES = 4096;

export const MAGIC = 0;
export const MAGIC_VALUE = 0x434f_4e46;
/** Four random words, by which a memory is known. */
export const ID = 1;
export const ID_WORDS = 4;
/** Counts what may have changed; those who wait sleep on it. */
export const CHANGES = 5;
/** The thread that buries the dead (parties.ts), by its badge (life.ts); 0 if none does. */
export const BURIER = 6;
/** Who may be parked: threads that sleep until CHANGES changes, event loops that are to be rung (parking.ts). */
export const PARKED = 7;
/** Bits of the parties that are to be rung. */
export const RINGS = 8;
export const BIT_WORDS = 4;
/** The process one of whose threads gave the memory up last (block.ts); where several do at once, the first one's. */
export const DISCARDER = 12;

export const OBJECT = 16;
export const OBJECT_WORDS = 48;

export const PARTIES = 64;
export const PARTY_LIMIT = 120;
export const RECORD = 8;
