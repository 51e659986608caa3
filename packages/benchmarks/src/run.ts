/**
 * Runs workloads: rounds one after the other, in each round every contender once, so that a machine that gets slower
 * or faster meanwhile does so for all alike. Each measurement has a process of its own: no contender pays for another's
 * garbage, or profits from code that another has warmed up. Only a quick run, whose figures mean nothing, shares one.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { smokeContenders } from "./smoke.js";
import { median } from "./statistics.js";
import type { Contender, Medians, Sample, Workload } from "./workload.js";
import { workloads } from "./workloads/index.js";

export interface ContenderResult {
  readonly contender: Contender;
  readonly samples: readonly Sample[];
  /** What went wrong in measurements that gave no sample. Empty, as `samples` is, for who cannot run here. */
  readonly failures: readonly string[];
}

export interface WorkloadResult {
  readonly workload: Workload;
  readonly results: readonly ContenderResult[];
}

interface Growing extends ContenderResult {
  readonly samples: Sample[];
  readonly failures: string[];
}

const measureFile = fileURLToPath(new URL("./measure.js", import.meta.url));
const TIME_LIMIT_MS = 5 * 60_000;

export async function runWorkload(
  workload: Workload,
  quick: boolean,
  report: (line: string) => void,
): Promise<WorkloadResult> {
  const contenders = quick ? smokeContenders(workload, workloads) : workload.contenders;
  const results = contenders.map((contender): Growing => ({ contender, samples: [], failures: [] }));
  const able = results.filter(({ contender }) => contender.cannotRun === undefined);
  if (quick) {
    report(`${workload.name}, quick`);
    await measure(workload, "quick", able);
    return { workload, results };
  }
  for (let round = 0; round < workload.rounds; round++) {
    // Each round starts with another one, so that nobody always follows the same.
    const first = round % able.length;
    for (const result of [...able.slice(first), ...able.slice(0, first)]) {
      report(`${workload.name}, round ${round + 1} of ${workload.rounds}: ${result.contender.name}`);
      await measure(workload, "full", [result]);
    }
  }
  return { workload, results };
}

/** Adds a sample or a failure to each of the results. */
async function measure(workload: Workload, size: "quick" | "full", results: readonly Growing[]): Promise<void> {
  const names = results.map(({ contender }) => contender.name);
  // Ours are measured as they are published, see packages/concurrent-futures/scripts/bundle-packages.js.
  const args = ["--expose-gc", "--conditions=bundled", measureFile, workload.name, size, ...names];
  let output = "";
  let ended = "It printed nothing";
  try {
    output = (await promisify(execFile)(process.execPath, args, { timeout: TIME_LIMIT_MS })).stdout;
  } catch (error) {
    output = String((error as { stdout?: unknown }).stdout ?? "");
    ended = error instanceof Error ? error.message : String(error);
  }
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  const answers = lines.map((line) => JSON.parse(line) as { name: string; sample?: Sample; failure?: string });
  for (const { contender, samples, failures } of results) {
    const { sample, failure = ended } = answers.find(({ name }) => name === contender.name) ?? {};
    if (sample) samples.push(sample);
    else failures.push(failure);
  }
}

export function mediansOf({ results }: WorkloadResult): Medians {
  return (name, metric) => {
    const samples = results.find(({ contender }) => contender.name === name)?.samples ?? [];
    return samples.length === 0 ? undefined : median(samples.map((sample) => sample[metric] ?? Number.NaN));
  };
}
