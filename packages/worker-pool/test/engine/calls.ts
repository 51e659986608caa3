/** Calls without a pool, for tests of what the pool keeps them in. */
import type { TaskOptions } from "@concurrent-futures/core";
import { type CallOwner, PoolCall } from "../../dist/pool-call.js";
import { TaskEntry } from "../../dist/task-table.js";

export const nobody: CallOwner = { dropped: () => {}, abortRunning: () => {} };

export function makeEntry(expectedMs?: number, owner: CallOwner = nobody): TaskEntry {
  const entry = new TaskEntry(1, { kind: "module", url: "file:///tasks.js", name: "work" }, "work", owner);
  entry.expectedMs = expectedMs;
  return entry;
}

export function makeCall(order: number, options: TaskOptions = {}, owner: CallOwner = nobody): PoolCall {
  return new PoolCall(makeEntry(undefined, owner), [], options, order, undefined, 0);
}
