/** How much memory this worker takes: its heap in a thread, all that the process has elsewhere. In bytes. */
import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";

let v8: typeof import("node:v8") | undefined; // loaded by the workers that have a limit

export function memoryInUse(): number {
  if (isMainThread) return process.memoryUsage.rss();
  v8 ??= createRequire(import.meta.url)("node:v8") as typeof import("node:v8");
  const { used_heap_size, external_memory, malloced_memory } = v8.getHeapStatistics();
  return used_heap_size + external_memory + malloced_memory;
}
