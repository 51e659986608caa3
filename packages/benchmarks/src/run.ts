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
  /** What went wrong in measurements that gave no sample. */
  readonly failures: readonly string[];
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
  const results = workload.contenders.map((contender) => ({
    contender,
    samples: [] as Sample[],
    failures: [] as string[],
  }));
  const rounds = quick ? 1 : workload.rounds;
  for (let round = 0; round < rounds; round++) {
    // Each round starts with another one, so that nobody always follows the same.
    const first = round % results.length;
    for (const { contender, samples, failures } of [...results.slice(first), ...results.slice(0, first)]) {
      report(`${workload.name}, round ${round + 1} of ${rounds}: ${contender.name}`);
      try {
        samples.push(await measure(workload, contender, quick));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
  }
  return { workload, results };
}

async function measure(workload: Workload, contender: Contender, quick: boolean): Promise<Sample> {
  const args = ["--expose-gc", measureFile, workload.name, contender.name, ...(quick ? ["quick"] : [])];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: TIME_LIMIT_MS });
  return JSON.parse(stdout) as Sample;
}

export function mediansOf({ results }: WorkloadResult): Medians {
  return (name, metric) => {
    const samples = results.find(({ contender }) => contender.name === name)?.samples ?? [];
    return samples.length === 0 ? undefined : median(samples.map((sample) => sample[metric] ?? Number.NaN));
  };
}
