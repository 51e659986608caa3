/**
 * A program's time to its first result: `first-result.js MODULE PEER` imports the module with the peer of that name,
 * starts one worker, calls it once, and prints as JSON how many milliseconds went by since its first line and since
 * that import.
 */
import type { Peer, Pool } from "./peer.js";

const start = performance.now();
const [module, name] = process.argv.slice(2) as [string, string];
const exported: unknown[] = Object.values(await import(module));
const peer = (exported.flat() as Peer<Pool>[]).find((each) => each.name === name);
if (!peer) throw new RangeError(`There is no peer ${name} in ${module}`);
const imported = performance.now();
const running = await peer.start("noop", 1);
await running.call(0);
const end = performance.now();
console.log(JSON.stringify({ sinceStart: end - start, sinceImport: end - imported }));
await running.stop();
