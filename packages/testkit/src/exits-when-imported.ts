/** A module that cannot be imported: the worker that tries is gone. For clauses, by reference only. */
process.exit(4);

export function neverRuns(): string {
  return "it ran";
}
