/**
 * What a message is made of. Numbers are little-endian; a `count` is one byte below 255, else 255 and a uint32.
 *
 *   message  = flags:u8 value [tables tablesAt:u64]          flags is 1 when tables follow, else 0
 *   value    = SHORT_TEXT + length, latin1 bytes             0x80-0xff
 *            | SMALL_INT + n                                 0x40-0x7f
 *            | tag, fields                                   0x00-0x3f, below
 *   tables   = count shape*, count class*, count buffer*    written last, because only then they are known
 *   shape    = objects:u32 hash:u32 size:count keys as texts objects: how many have it, nearly
 *   class    = needed:u8 url:value name:value
 *   buffer   = COPIED base:f64 length:f64 bytes | RESIZABLE maxLength:f64 length:f64 bytes | IN_EXTRAS index:count
 *            | APART index:count base:f64                   what of a buffer its views cover
 *
 * Every value that is an object takes the next number in both directions when it is begun; BACK_REFERENCE names it.
 */

export const UNDEFINED = 0;
export const NULL = 1;
export const TRUE = 2;
export const FALSE = 3;
/** value:i32 */
export const INT = 4;
/** value:f64 */
export const DOUBLE = 5;
/** length:u32, latin1 bytes */
export const LATIN1_TEXT = 6;
/** length:u32 in bytes, UTF-16 code units: lone surrogates survive */
export const UTF16_TEXT = 7;
/** object number: count */
export const BACK_REFERENCE = 8;
/** The end of an OBJECT_AND_MORE. */
export const END = 9;
/** length:count, then values and HOLES until the length is reached */
export const ARRAY = 10;
/** length:u32, i32 each */
export const INT_ARRAY = 11;
/** length:u32, f64 each */
export const DOUBLE_ARRAY = 12;
/** how many:u32; only within ARRAY */
export const HOLES = 13;
/** An ARRAY's fields, then count, (key, value) each: the result of a RegExp's match. */
export const MATCH_ARRAY = 14;
/** shape number:u16, then a value for each of its keys */
export const OBJECT = 15;
/** An OBJECT's fields, then (key as a text, value) each, then END: what does not go into shapes. */
export const OBJECT_AND_MORE = 16;
/** value:i64 */
export const BIGINT64 = 17;
/** negative:u8, digits in base 16 as a text */
export const BIGINT = 18;
/** time:f64 */
export const DATE = 19;
/** source and flags as texts */
export const REGEXP = 20;
/** size:u32, (key, value) each */
export const MAP = 21;
/** size:u32, values */
export const SET = 22;
/** A primitive value, that of a Number, String, Boolean or BigInt object. */
export const BOXED = 23;
/** buffer number: count */
export const BUFFER = 24;
/** view type:u8 (view-types.ts), buffer number: count, offset:f64, length:f64, -1 for one that follows its buffer */
export const VIEW = 25;
/** class:u8 (error-classes.ts), class number + 1 or 0: count, fields (write/errors.ts) */
export const ERROR = 26;
/** message and name as texts, fields */
export const DOM_EXCEPTION = 27;
/** class number: count, then the state that [serialize]() gave */
export const INSTANCE = 28;
/** index in the extras: count */
export const EXTRA = 29;
/** An object without properties. */
export const EMPTY_OBJECT = 30;

export const SMALL_INT = 0x40;
export const SMALL_INT_LIMIT = 64;
export const SHORT_TEXT = 0x80;
export const SHORT_TEXT_LIMIT = 128;

export const COPIED = 0;
export const RESIZABLE = 1;
export const IN_EXTRAS = 2;
export const APART = 3;

/** How a field of an error is restored. */
export const HIDDEN = 0;
export const ENUMERABLE = 1;
/** What the error inherited: restored only where its class does not give it. */
export const INHERITED = 2;
