/** What a clause is, and what it may ask an executor for. */
import type { Executor, Task } from "@concurrent-futures/core";
import type { Capability } from "./capabilities.js";
import type { Trial } from "./trial.js";

type AnyTask = Task<readonly unknown[], unknown>;

/** What `create` is called with: what an executor does not claim as a capability it is not asked for. */
export interface CreateOptions {
  readonly maxWorkers?: number;
  readonly abortGrace?: number;
  readonly initializer?: AnyTask;
  readonly initArgs?: readonly unknown[];
  readonly finalizer?: AnyTask;
  readonly maxTasksPerWorker?: number;
  readonly minWorkers?: number;
  readonly idleTimeout?: number;
  readonly tasksPerWorker?: number;
  readonly maxQueue?: number;
  readonly onWorkerCrash?: "replace" | "break";
}

/** Makes the executor under test. */
export type Create = (options: CreateOptions) => Executor;

/** One promise of the contract. */
export interface Clause {
  /** Stable, such as `F-4`: a clause that goes leaves its number unused. */
  readonly id: string;
  /** The promise. */
  readonly title: string;
  /** Without these the clause does not apply. */
  readonly needs: readonly Capability[];
  /** Rejects when the promise is broken. */
  run(trial: Trial): Promise<void>;
}

/** The way clauses are written down. */
export function clause(
  id: string,
  title: string,
  needs: readonly Capability[],
  run: (trial: Trial) => Promise<void>,
): Clause {
  return { id, title, needs, run };
}
