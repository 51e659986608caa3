/** A workload is one question put to several contenders, and the goals that the answers are held against. */
import type { Peer, Started } from "./peer.js";

/** One number that a measurement gives. */
export interface Metric {
  readonly name: string;
  readonly unit: string;
  readonly better: "higher" | "lower";
}

/** The numbers of one measurement, by metric. */
export type Sample = Readonly<Record<string, number>>;

/** The medians of a workload, by contender and metric. `undefined` for what did not run on this machine. */
export type Medians = (contender: string, metric: string) => number | undefined;

export interface Goal {
  readonly says: string;
  /** The number that the goal is about; `undefined` where it could not be measured. */
  readonly measured: (medians: Medians) => number | undefined;
  readonly limit: number;
  readonly kind: "at least" | "at most";
}

export interface Contender {
  readonly name: string;
  readonly kind: Peer<Started>["kind"];
  readonly settings: string;
  /** Why it is left out on this machine and Node version, where it is. */
  readonly cannotRun?: string | undefined;
  /** What it is compared as. By default a name that begins with "ours" is ours, one with "bare" a limit, others peers. */
  readonly role?: Role;
  measure(quick: boolean): Promise<Sample>;
}

/** A limit is what no pool is expected to beat: the same work by hand, without what makes a pool. */
export type Role = "ours" | "peer" | "limit";

/** Tells ours, the peers and the limits apart, in tables and plots. */
export function roleOf({ name, role }: Pick<Contender, "name" | "role">): Role {
  if (role !== undefined) return role;
  if (name.startsWith("ours")) return "ours";
  return name.startsWith("bare") ? "limit" : "peer";
}

export interface Workload {
  /** What `--only` takes. */
  readonly name: string;
  readonly title: string;
  readonly rounds: number;
  readonly metrics: readonly Metric[];
  readonly contenders: readonly Contender[];
  readonly goals: readonly Goal[];
}

/** Makes each peer a contender: `measure` says how to put the question to one of them. */
export function contend<R extends Started>(
  peers: readonly Peer<R>[],
  measure: (peer: Peer<R>, quick: boolean) => Promise<Sample>,
): Contender[] {
  return peers.map((peer) => ({
    name: peer.name,
    kind: peer.kind,
    settings: peer.cannotRun === undefined ? peer.settings : `left out: ${peer.cannotRun}`,
    cannotRun: peer.cannotRun,
    measure: (quick) => measure(peer, quick),
  }));
}

/** The ratio of two medians, for goals. */
export function ratio(medians: Medians, metric: string, over: string, under: string): number | undefined {
  const [a, b] = [medians(over, metric), medians(under, metric)];
  return a === undefined || b === undefined ? undefined : a / b;
}

/** The best median of several contenders. */
export function best(medians: Medians, metric: Metric, contenders: readonly string[]): number | undefined {
  const values = contenders.map((name) => medians(name, metric.name)).filter((value) => value !== undefined);
  if (values.length === 0) return undefined;
  return metric.better === "higher" ? Math.max(...values) : Math.min(...values);
}

/** The ratio of a median to the best one among others that ran, for goals. */
export function overBest(
  medians: Medians,
  metric: Metric,
  over: string,
  others: readonly Pick<Contender, "name">[],
): number | undefined {
  const [mine, theirs] = [
    medians(over, metric.name),
    best(
      medians,
      metric,
      others.map(({ name }) => name),
    ),
  ];
  return mine === undefined || theirs === undefined ? undefined : mine / theirs;
}
