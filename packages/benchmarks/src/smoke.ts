/**
 * Who takes part in a quick run: ours everywhere, and everybody else where it comes up first. So each workload runs, and
 * each peer with each of its settings, without all of them everywhere, which would take minutes.
 */
import { type Contender, roleOf, type Workload } from "./workload.js";

/** The part of `workload` that a quick run has, as one of `all`. */
export function smokeContenders(workload: Workload, all: readonly Workload[]): Contender[] {
  const before = all.slice(0, all.indexOf(workload));
  const seen = new Set(before.flatMap(({ contenders }) => contenders.map(keyOf)));
  return workload.contenders.filter((contender) => roleOf(contender) === "ours" || !seen.has(keyOf(contender)));
}

const keyOf = ({ name, settings }: Contender) => `${name}: ${settings}`;
