export { type Capability, capabilities } from "./capabilities.js";
export type { Clause, Create, CreateOptions } from "./clause.js";
export { clauses } from "./clauses/index.js";
export { runClause } from "./run-clause.js";
export { clausesFor, type Describe, type Test, type TestExecutorOptions, testExecutor } from "./test-executor.js";
export type { Held, PoolMembers, Trial } from "./trial.js";
