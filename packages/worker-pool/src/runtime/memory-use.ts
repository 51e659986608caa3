/** How much memory this worker takes: its heap in a thread, all that the process has elsewhere. In bytes. */
import { getHeapStatistics } from "node:v8";
import { isMainThread } from "node:worker_threads";

export function memoryInUse(): number {
  if (isMainThread) return process.memoryUsage.rss();
  const { used_heap_size, external_memory, malloced_memory } = getHeapStatistics();
  return used_heap_size + external_memory + malloced_memory;
}
