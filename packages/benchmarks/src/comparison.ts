/** How many times better ours is than the best peer of its kind, and than the limits. */
import { type ContenderRecord, spreadIn } from "./record.js";
import type { Metric } from "./workload.js";

/** One row of ratios: to one other, or to whichever peer is the best in each metric. */
export interface Comparison {
  readonly ours: string;
  /** What ours is held against: a limit's name, or the best peer. */
  readonly to: string;
  /** By metric, in the order of the metrics; `undefined` where there is nothing to compare. */
  readonly ratios: readonly (Ratio | undefined)[];
}

export interface Ratio {
  /** Above 1 where ours is better: more of what there should be much of, or less of the other. */
  readonly times: number;
  readonly than: string;
}

/** All comparisons among contenders of one kind. */
export function comparisons(contenders: readonly ContenderRecord[], metrics: readonly Metric[]): Comparison[] {
  const inRole = (role: ContenderRecord["role"]) => contenders.filter((contender) => contender.role === role);
  return inRole("ours")
    .flatMap((ours) => [
      row(ours, "the best peer", inRole("peer"), metrics),
      ...inRole("limit").map((limit) => row(ours, limit.name, [limit], metrics)),
    ])
    .filter(({ ratios }) => ratios.some((ratio) => ratio !== undefined));
}

function row(ours: ContenderRecord, to: string, others: ContenderRecord[], metrics: readonly Metric[]): Comparison {
  return { ours: ours.name, to, ratios: metrics.map((metric) => ratioToBest(ours, others, metric)) };
}

/** The smallest ratio to any of the others. Ratios of what may be zero or less say nothing. */
export function ratioToBest(
  ours: ContenderRecord,
  others: readonly ContenderRecord[],
  metric: Metric,
): Ratio | undefined {
  const mine = spreadIn(ours, metric)?.median ?? 0;
  if (mine <= 0) return undefined;
  return others
    .map((other) => ({ than: other.name, theirs: spreadIn(other, metric)?.median ?? 0 }))
    .filter(({ theirs }) => theirs > 0)
    .map(({ than, theirs }) => ({ than, times: metric.better === "higher" ? mine / theirs : theirs / mine }))
    .sort((a, b) => a.times - b.times)[0];
}
