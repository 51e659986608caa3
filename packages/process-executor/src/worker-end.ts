/**
 * When a worker process has ended, for good: it exited, and what it had written before that has been read.
 *
 *   'exit' ──► its pipes reach their end ──────────────────► report
 *          └─► something else holds one open: DRAIN_MS ─┘
 *
 * A pipe's end and the exit are told in any order. A process that the task started can keep stderr open for ever.
 */
import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";

/** What is in the pipes takes far less to read; this is for the pipes that stay open. */
const DRAIN_MS = 300;

export interface ProcessEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** Why it could not be started. */
  readonly error: unknown;
}

/** Calls `report` once. */
export function whenEnded(child: ChildProcess, pipes: readonly Readable[], report: (end: ProcessEnd) => void): void {
  child.on("error", (error) => {
    // Not started; or it could not be killed, and then its exit is still to come.
    if (child.pid === undefined) report({ exitCode: undefined, signal: undefined, error });
  });
  child.once("exit", (exitCode, signal) => {
    const end = { exitCode: exitCode ?? undefined, signal: signal ?? undefined, error: undefined };
    whenDrained(pipes, () => report(end));
  });
}

function whenDrained(pipes: readonly Readable[], drained: () => void): void {
  let open = pipes.filter((pipe) => !pipe.closed).length;
  if (open === 0) {
    drained();
    return;
  }
  // After a long block of this thread the timer is due before the pipes were looked at: they get one more turn.
  const timer = setTimeout(() => setImmediate(finish), DRAIN_MS);
  let finished = false;
  function finish(): void {
    if (finished) return;
    finished = true;
    clearTimeout(timer);
    drained();
  }
  for (const pipe of pipes) {
    pipe.once("close", () => {
      open -= 1;
      if (open === 0) finish();
    });
  }
}
