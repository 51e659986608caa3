/** testExecutor: the conformance suite, registered with whatever runner there is. */
import { type Capability, checkCapabilities } from "./capabilities.js";
import type { Clause, Create } from "./clause.js";
import { clauses } from "./clauses/index.js";
import { DEADLINE_MS, runClause } from "./run-clause.js";

/** `describe` of Jest, Vitest or node:test. */
export type Describe = (title: string, register: () => void) => unknown;

/** `test` of Jest, Vitest or node:test. */
export interface Test {
  (title: string, run: () => Promise<void>, timeout?: number): unknown;
  readonly skip?: (title: string, run: () => Promise<void>) => unknown;
}

/** What `testExecutor` is told. */
export interface TestExecutorOptions {
  /** Leads the titles. */
  readonly name: string;
  /** Makes an executor. It is shut down after its clause. */
  readonly create: Create;
  /** Which optional parts it has; clauses about others are skipped, and say so. Default: none. */
  readonly capabilities?: Iterable<Capability>;
  /** The runner's own. */
  readonly describe: Describe;
  /** The runner's own. */
  readonly test: Test;
  /** Milliseconds until a clause that hangs fails. Default 30,000. */
  readonly deadline?: number;
}

/**
 * Registers every clause of the contract for an executor, as tests of Jest, Vitest or node:test.
 *
 * @throws {TypeError} `name`, `create`, `describe` or `test` is of another type
 * @throws {RangeError} `capabilities` holds something that is none, `deadline` is not above 0
 */
export function testExecutor(options: TestExecutorOptions): void {
  checkOptions(options);
  const { name, create, describe, test, deadline = DEADLINE_MS } = options;
  const claimed = checkCapabilities(options.capabilities ?? []);
  describe(`${name} is an executor`, () => {
    for (const clause of clauses) {
      const title = `${clause.id}: ${clause.title}`;
      const missing = clause.needs.filter((need) => !claimed.has(need));
      // The runner's own limit only guards against a blocked event loop.
      if (missing.length === 0) test(title, () => runClause(clause, create, deadline), deadline + 30_000);
      else skip(test, `${title} [skipped: ${name} does not claim ${missing.join(" and ")}]`);
    }
  });
}

/** The clauses that apply to an executor with these capabilities. */
export function clausesFor(capabilities: Iterable<Capability>): Clause[] {
  const claimed = checkCapabilities(capabilities);
  return clauses.filter(({ needs }) => needs.every((need) => claimed.has(need)));
}

function skip(test: Test, title: string): void {
  const nothing = async () => {};
  if (test.skip) test.skip(title, nothing);
  else test(title, nothing);
}

function checkOptions(options: TestExecutorOptions): void {
  const { name, deadline } = options;
  if (typeof name !== "string") throw new TypeError(`Expected \`name\` to be a string, got ${typeof name}`);
  for (const option of ["create", "describe", "test"] as const) {
    const type = typeof options[option];
    if (type !== "function") throw new TypeError(`Expected \`${option}\` to be a function, got ${type}`);
  }
  if (deadline !== undefined && !(deadline > 0)) {
    throw new RangeError(`Expected \`deadline\` to be a number of milliseconds above 0, got ${deadline}`);
  }
}
