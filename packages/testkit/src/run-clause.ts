/** Running one clause against one kind of executor. */
import assert from "node:assert/strict";
import type { Clause, Create } from "./clause.js";
import { Trial } from "./trial.js";

/** Milliseconds that a clause may take, unless another number is given; none comes near. */
export const DEADLINE_MS = 30_000;

/**
 * Runs `clause` against the executors that `create` makes.
 *
 * @param deadline milliseconds until a clause that hangs fails
 * Rejects with an AssertionError, a DeadlineError (ERR_DEADLINE), or what the executor threw, when the promise is broken.
 */
export async function runClause(clause: Clause, create: Create, deadline: number = DEADLINE_MS): Promise<void> {
  const strays: unknown[] = [];
  const listener = (error: unknown) => void strays.push(error);
  process.on("unhandledRejection", listener).on("uncaughtException", listener);
  const trial = new Trial(create, deadline);
  try {
    await trial.within(clause.run(trial), `${clause.id}: ${clause.title}`);
    await trial.turns(2); // a rejection counts as unhandled a turn later
  } finally {
    await trial.end();
    process.off("unhandledRejection", listener).off("uncaughtException", listener);
  }
  assert.equal(strays.length, 0, `${clause.id}: nobody caught ${String(strays[0])}`);
}
