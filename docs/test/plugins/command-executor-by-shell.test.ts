/** The clauses for which it matters what lies between the pool and its worker: aborts, shutdown, crashes. */
import { clausesFor, runClause } from "@concurrent-futures/testkit";
import { describe, test } from "@jest/globals";
import { CommandExecutor } from "../../dist/plugins/command-executor/command-executor.js";
import { capabilities } from "./capabilities.js";
import { byShell } from "./commands.js";

// Not "processes": the pool sees the shell, which tells the signal that ended a worker by an exit code.
const clauses = clausesFor(capabilities).filter(({ id }) => /^[CDK]-/.test(id));

describe("CommandExecutor over a shell", () => {
  test.each(clauses)(
    "$id: $title",
    (clause) =>
      runClause(clause, (options) => new CommandExecutor({ command: byShell, abortGrace: 60_000, ...options }), 60_000),
    90_000,
  );
});
