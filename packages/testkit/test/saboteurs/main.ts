/**
 * Runs each clause against its saboteur, in a program of its own: some saboteurs leave rejections and busy workers
 * behind. Prints how each ended, as JSON.
 */
import { clauses, runClause } from "@concurrent-futures/testkit";
import { saboteurs } from "./index.js";

/** For those that hang, and for those that do not. */
const deadline = { short: 1_000, long: 30_000 };
const only = process.argv[2];

const ends: Record<string, { name: string; message: string } | undefined> = {};
for (const clause of clauses) {
  const saboteur = saboteurs[clause.id];
  if (saboteur === undefined || (only !== undefined && only !== clause.id)) continue;
  try {
    await runClause(clause, saboteur.create, saboteur.hangs ? deadline.short : deadline.long);
  } catch (error) {
    const { name, message } = error as Error;
    ends[clause.id] = { name, message };
  }
}
console.log(JSON.stringify(ends));
process.exit(); // whatever was left behind
