/** A run as it is kept: what `--json` writes, and what tables, plots and pages are made from. */
import type { Machine } from "./machine.js";
import { mediansOf, type WorkloadResult } from "./run.js";
import { type Spread, spreadOf } from "./statistics.js";
import { type Contender, type Goal, type Metric, type Role, roleOf } from "./workload.js";

export type Kind = Contender["kind"];

export interface ContenderRecord {
  readonly name: string;
  readonly kind: Kind;
  readonly role: Role;
  readonly settings: string;
  /** One object per round, by metric. JSON turns what is not a number into null. */
  readonly samples: readonly Readonly<Record<string, number | null>>[];
  /** What went wrong in rounds that gave no sample. */
  readonly failures: readonly string[];
}

export interface GoalRecord {
  readonly says: string;
  readonly kind: Goal["kind"];
  readonly limit: number;
  /** Both are left out where the goal could not be measured. */
  readonly measured?: number;
  readonly reached?: boolean;
}

export interface WorkloadRecord {
  readonly name: string;
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly contenders: readonly ContenderRecord[];
  readonly goals: readonly GoalRecord[];
}

export interface RunRecord {
  readonly machine: Machine;
  /** By library. */
  readonly versions: Readonly<Record<string, string>>;
  /** Whether the figures mean nothing. */
  readonly quick: boolean;
  readonly workloads: readonly WorkloadRecord[];
}

export function recordOf(result: WorkloadResult): WorkloadRecord {
  const { name, title, metrics, goals } = result.workload;
  return {
    name,
    title,
    metrics,
    contenders: result.results.map(({ contender, samples, failures }) => ({
      name: contender.name,
      kind: contender.kind,
      role: roleOf(contender),
      settings: contender.settings,
      samples,
      failures,
    })),
    goals: goals.map((goal) => goalRecord(goal, goal.measured(mediansOf(result)))),
  };
}

function goalRecord({ says, kind, limit }: Goal, measured: number | undefined): GoalRecord {
  if (measured === undefined || Number.isNaN(measured)) return { says, kind, limit };
  return { says, kind, limit, measured, reached: kind === "at least" ? measured >= limit : measured <= limit };
}

/** A contender's rounds in one metric; `undefined` where it has none. */
export function spreadIn({ samples }: ContenderRecord, metric: Metric): Spread | undefined {
  return spreadOf(samples.map((sample) => sample[metric.name]).filter((value) => Number.isFinite(value)) as number[]);
}

/** Why a contender has no figures at all; `undefined` where it has some. */
export function whyWithout({ samples, failures }: ContenderRecord): "failed" | "left out" | undefined {
  if (samples.length > 0) return undefined;
  return failures.length > 0 ? "failed" : "left out"; // its settings say why
}

/** The contenders of each kind that has some, since only those of one kind are compared. */
export function byKind({ contenders }: WorkloadRecord): [Kind, ContenderRecord[]][] {
  const kinds: Kind[] = ["threads", "processes"];
  return kinds
    .map((kind): [Kind, ContenderRecord[]] => [kind, contenders.filter((contender) => contender.kind === kind)])
    .filter(([, some]) => some.length > 0);
}
