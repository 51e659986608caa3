/**
 * Runs workloads: rounds one after the other, in each round every contender once, so that a machine that gets slower
 * or faster meanwhile does so for all alike. Each measurement has a process of its own: no contender pays for another's
 * garbage, or profits from code that another has warmed up.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { median } from "./statistics.js";
import type { Contender, Medians, Sample, Workload } from "./workload.js";

export interface ContenderResult {
  readonly contender: Contender;
  readonly samples: readonly Sample[];
}

export interface WorkloadResult {
  readonly workload: Workload;
  readonly results: readonly ContenderResult[];
}

const measureFile = fileURLToPath(new URL("./measure.js", import.meta.url));
const TIME_LIMIT_MS = 5 * 60_000;

export async function runWorkload(
  workload: Workload,
  quick: boolean,
  report: (line: string) => void,
): Promise<WorkloadResult> {
  const samples = new Map<Contender, Sample[]>(workload.contenders.map((contender) => [contender, []]));
  const rounds = quick ? 1 : workload.rounds;
  for (let round = 0; round < rounds; round++) {
    const { contenders } = workload;
    for (let i = 0; i < contenders.length; i++) {
      const contender = contenders[(i + round) % contenders.length]; // nobody always follows the same one
      if (contender === undefined) continue;
      report(`${workload.name}, round ${round + 1} of ${rounds}: ${contender.name}`);
      samples.get(contender)?.push(await measure(workload, contender, quick));
    }
  }
  return { workload, results: [...samples].map(([contender, all]) => ({ contender, samples: all })) };
}

async function measure(workload: Workload, contender: Contender, quick: boolean): Promise<Sample> {
  const args = ["--expose-gc", measureFile, workload.name, contender.name, ...(quick ? ["quick"] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: TIME_LIMIT_MS });
  return JSON.parse(stdout) as Sample;
}

export function mediansOf({ results }: WorkloadResult): Medians {
  return (name, metric) => {
    const result = results.find(({ contender }) => contender.name === name);
    return result && median(result.samples.map((sample) => sample[metric] ?? Number.NaN));
  };
}
