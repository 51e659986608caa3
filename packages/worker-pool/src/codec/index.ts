/**
 * The codec: values ↔ bytes.
 *
 *   Encoder.encode(value) ──► { bytes, extras, transfer } ──► decode(bytes, extras) ──► value
 *
 *   tags.ts           what a message is made of
 *   encoder, write/   one walk over the value; write/ has a file per kind of value
 *   decoder, read/    the way back, a file per kind again
 *   path.ts           where in the value something is wrong
 *   thrown.ts         what a task threw: always gets through
 *   join-stacks.ts    the worker's frames, then the place that submitted
 *
 * Differs from structured clone: errors, Buffers and [serialize] instances arrive as what they are; an ArrayBuffer
 * arrives cut down to what its views cover; properties of arrays beside their elements are dropped, except for those of
 * a RegExp's match; proxies are read through; what would arrive empty (a URL, an AbortSignal, ...) is refused.
 */
export { type DecodeContext, decode, decodeAsync, PendingClasses } from "./decoder.js";
export { type Encoded, Encoder, type EncoderOptions } from "./encoder.js";
export type { AnyClass, ClassDescriptor, CodecHost, DescribeClass, LoadClass } from "./host.js";
export { joinStacks } from "./join-stacks.js";
export { encodeThrown } from "./thrown.js";
