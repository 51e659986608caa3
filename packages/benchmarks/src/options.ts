import { parseArgs } from "node:util";
import type { Workload } from "./workload.js";
import { workloads } from "./workloads/index.js";

export interface Options {
  readonly workloads: readonly Workload[];
  /** Small counts and one round: shows that everything runs, not how fast. */
  readonly quick: boolean;
  /** Where to write the results as JSON. */
  readonly json: string | undefined;
}

/** Throws a `RangeError` or `TypeError` that says what is wrong. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: "string" },
      only: { type: "string", multiple: true, default: [] },
      quick: { type: "boolean", default: false },
    },
  });
  for (const name of values.only) {
    if (!workloads.some((workload) => workload.name === name)) {
      const names = workloads.map((workload) => workload.name).join(", ");
      throw new RangeError(`Expected \`--only\` to be one of ${names}, got ${name}`);
    }
  }
  return {
    workloads: workloads.filter(({ name }) => values.only.length === 0 || values.only.includes(name)),
    quick: values.quick,
    json: values.json,
  };
}
