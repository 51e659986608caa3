/**
 * A program's time to its first result, from its first line on: `first-result.js MODULE PEER` imports the module with
 * the peer of that name, starts one worker, calls it once, and prints the milliseconds.
 */
import type { Peer, Pool } from "./peer.js";

const start = performance.now();
const [module, name] = process.argv.slice(2) as [string, string];
const exported: unknown[] = Object.values(await import(module));
const peer = (exported.flat() as Peer<Pool>[]).find((each) => each.name === name);
if (!peer) throw new RangeError(`There is no peer ${name} in ${module}`);
const running = await peer.start("noop", 1);
await running.call(0);
console.log(performance.now() - start);
await running.stop();
