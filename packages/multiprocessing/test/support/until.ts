/** Waiting for a condition. */
import { setTimeout as sleep } from "node:timers/promises";

/** How long a condition may take before the test fails; far longer than it ever takes. */
const PATIENCE_MS = 50_000;

/** Resolves when the condition holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Waited ${PATIENCE_MS} ms for this, in vain: ${what}`);
    await sleep(5);
  }
}
