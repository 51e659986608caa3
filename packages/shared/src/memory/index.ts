/**
 * Memory that processes share, for packages that build on it: `@concurrent-futures/shared/memory`.
 */
export { type Libc, loadLibc, type MappedMemory } from "./libc.js";
export { dropPages, Window } from "./window.js";
