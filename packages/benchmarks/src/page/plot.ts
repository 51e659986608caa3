/**
 * One SVG per workload: a block per metric, in it a row per contender.
 *
 *   calls/s: more is better
 *   threads
 *   ours, threads                 412K      name and median
 *   ████████████████████|██├──┤             bar to the median, whiskers over all rounds, | at each limit's median
 *   |------|------|------|------|           an axis, logarithmic where linear bars would vanish
 *
 * It is as wide as a phone's page, so that letters stay readable there. Names stand above the bars, because some are long.
 */
import { type CustomSeriesOption, type EChartsOption, init } from "echarts";
import { byKind, type ContenderRecord, type RunRecord, spreadIn, type WorkloadRecord, whyWithout } from "../record.js";
import { metricTitle } from "../report.js";
import type { Spread } from "../statistics.js";
import type { Metric } from "../workload.js";
import { dress, INK } from "./svg.js";

const WIDTH = 400;
const MARGIN = 12;
const ROW = 32;
const BAR = 10;
const HEAD = 46; // above a block: its title, and how to read it
const FOOT = 34; // below it: its axis
const LEGEND = 52;

/** A line of a block: a contender, or what kind the next ones are of. */
type Row = { readonly heading: string } | { readonly contender: ContenderRecord; readonly limits: readonly number[] };

type Shape = ReturnType<NonNullable<CustomSeriesOption["renderItem"]>>;

export function plot(workload: WorkloadRecord, run: Pick<RunRecord, "machine">): string {
  const blocks = workload.metrics.map((metric) => ({ metric, rows: rowsOf(workload, metric) }));
  let top = 0;
  const placed = blocks.map((block) => {
    const placed = { ...block, top: top + HEAD, height: block.rows.length * ROW };
    top += HEAD + placed.height + FOOT;
    return placed;
  });
  const height = top + LEGEND;
  const chart = init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
  try {
    chart.setOption({
      animation: false,
      backgroundColor: INK.paper,
      textStyle: { fontFamily: "system-ui, sans-serif" },
      title: placed.map(({ metric, rows, top }) => ({
        text: metricTitle(metric),
        subtext: `${metric.better === "higher" ? "more" : "less"} is better${isLogarithmic(rows, metric) ? ", logarithmic" : ""}`,
        left: MARGIN,
        top: top - HEAD + 10,
        padding: 0,
        itemGap: 4,
        textStyle: { fontSize: 14, fontWeight: "bold", color: INK.text },
        subtextStyle: { fontSize: 11, color: INK.muted },
      })),
      grid: placed.map(({ top, height }) => ({ left: MARGIN, width: WIDTH - 2 * MARGIN, top, height })),
      xAxis: placed.map(({ metric, rows }, gridIndex) => ({ gridIndex, ...valueAxis(rows, metric) })),
      yAxis: placed.map(({ rows }, gridIndex) => ({
        gridIndex,
        type: "category",
        inverse: true,
        show: false,
        data: rows.map((_, index) => index),
      })),
      series: placed.map(({ metric, rows }, index) => series(metric, rows, index)),
      graphic: legend(height - LEGEND, run.machine, workload),
    } as EChartsOption);
    const title = `${workload.title}: ${workload.metrics.map(metricTitle).join("; ")}`;
    return dress(chart.renderToSVGString(), title.replaceAll("`", ""));
  } finally {
    chart.dispose(); // its timers would keep the program alive
  }
}

function rowsOf(workload: WorkloadRecord, metric: Metric): Row[] {
  const kinds = byKind(workload);
  return kinds.flatMap(([kind, contenders]): Row[] => {
    const limits = contenders.filter(({ role }) => role === "limit").map((limit) => spreadIn(limit, metric)?.median);
    const marks = limits.filter((value) => value !== undefined);
    return [
      ...(kinds.length > 1 ? [{ heading: kind }] : []),
      ...contenders
        .filter((contender) => whyWithout(contender) || spreadIn(contender, metric))
        .map((contender) => ({ contender, limits: contender.role === "limit" ? [] : marks })),
    ];
  });
}

const spreadsIn = (rows: readonly Row[], metric: Metric): Spread[] =>
  rows.flatMap((row) => ("contender" in row ? (spreadIn(row.contender, metric) ?? []) : []));

function domain(rows: readonly Row[], metric: Metric): { smallest: number; largest: number } {
  const spreads = spreadsIn(rows, metric);
  return {
    smallest: Math.min(...spreads.map(({ min }) => min)),
    largest: Math.max(...spreads.map(({ max }) => max)),
  };
}

function isLogarithmic(rows: readonly Row[], metric: Metric): boolean {
  const { smallest, largest } = domain(rows, metric);
  return smallest > 0 && largest > 30 * smallest;
}

function valueAxis(rows: readonly Row[], metric: Metric) {
  const { smallest, largest } = domain(rows, metric);
  const logarithmic = isLogarithmic(rows, metric);
  return {
    type: logarithmic ? "log" : "value",
    // A logarithmic axis begins at the power of ten below the smallest value, so that no bar vanishes.
    min: logarithmic ? 10 ** Math.floor(Math.log10(smallest * 0.8)) : Math.min(0, smallest),
    max: largest > 0 ? largest : 1,
    splitNumber: 4,
    axisLabel: {
      color: INK.muted,
      fontSize: 11,
      formatter: compact,
      // Those at the ends are round only where the axis begins at 0 or at a power of ten.
      showMinLabel: logarithmic || smallest >= 0,
      showMaxLabel: false,
      hideOverlap: true,
    },
    axisLine: { show: true, lineStyle: { color: INK.line } },
    axisTick: { show: true, lineStyle: { color: INK.line } },
    splitLine: { show: false },
  };
}

function series(metric: Metric, rows: readonly Row[], index: number): CustomSeriesOption {
  return {
    type: "custom",
    xAxisIndex: index,
    yAxisIndex: index,
    silent: true,
    clip: false,
    data: rows.map((_, row) => [0, row]),
    renderItem(params, api) {
      const row = rows[params.dataIndex];
      const x = (value: number) => api.coord([value, params.dataIndex])[0] ?? 0;
      const middle = api.coord([1, params.dataIndex])[1] ?? 0;
      return { type: "group", children: row ? shapes(row, metric, x, middle) : [] } as Shape;
    },
  };
}

function shapes(row: Row, metric: Metric, x: (value: number) => number, middle: number): unknown[] {
  const textY = middle - 9;
  if ("heading" in row) return [text(row.heading, MARGIN, middle + 2, INK.muted, "bold")];
  const { contender, limits } = row;
  const spread = spreadIn(contender, metric);
  const weight = contender.role === "ours" ? "bold" : "normal";
  const value = spread ? compact(spread.median) : (whyWithout(contender) ?? "");
  const words = [
    text(contender.name, MARGIN, textY, INK.text, weight),
    { ...text(value, WIDTH - MARGIN, textY, INK.text, weight, "right") },
  ];
  if (!spread) return words;
  const [top, bottom] = [middle, middle + BAR];
  const from = Math.max(MARGIN, x(0) || MARGIN); // 0 is nowhere on a logarithmic axis
  return [
    ...words,
    bar(from, x(spread.median), top, contender.role),
    ...(spread.max > spread.min ? whiskers(x(spread.min), x(spread.max), (top + bottom) / 2) : []),
    ...limits.map((limit) => line(x(limit), top - 2, x(limit), bottom + 2, INK.limit, 2)),
  ];
}

function bar(from: number, to: number, y: number, role: ContenderRecord["role"]) {
  const shape = { x: Math.min(from, to), y, width: Math.abs(to - from), height: BAR };
  const fill = { ours: INK.ours, peer: INK.peer, limit: INK.paper }[role];
  return { type: "rect", shape, style: { fill, ...(role === "limit" ? { stroke: INK.limit, lineWidth: 1.5 } : {}) } };
}

function whiskers(from: number, to: number, y: number) {
  const ends = [from, to].map((x) => line(x, y - 3, x, y + 3, INK.text));
  return [line(from, y, to, y, INK.text), ...ends];
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string, lineWidth = 1) {
  return { type: "line", shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth } };
}

function text(text: string, x: number, y: number, fill: string, fontWeight: "bold" | "normal", align = "left") {
  return { type: "text", style: { text, x, y, fill, fontSize: 13, fontWeight, align, verticalAlign: "middle" } };
}

/** What the colours and lines mean, and where and when it was measured. */
function legend(
  top: number,
  { node, cores, cpu, date }: RunRecord["machine"],
  { contenders }: WorkloadRecord,
): unknown[] {
  const y = top + 8;
  const small = (words: string, x: number, at: number) => {
    const { style, ...rest } = text(words, x, at, INK.muted, "normal");
    return { ...rest, style: { ...style, fontSize: 11 } };
  };
  const swatch = (role: ContenderRecord["role"], words: string, x: number) => [
    bar(x, x + 14, y - 5, role),
    small(words, x + 20, y),
  ];
  const limits = contenders.some(({ role }) => role === "limit")
    ? [...swatch("limit", "limit", 233), line(290, y - 7, 290, y + 7, INK.limit, 2), small("limit's median", 297, y)]
    : [];
  return [
    ...swatch("ours", "ours", MARGIN),
    ...swatch("peer", "others", 72),
    ...whiskers(143, 159, y),
    small("all rounds", 165, y),
    ...limits,
    small(`Node ${node}, ${cores} cores of ${cpu}, ${date.slice(0, 10)}`, MARGIN, y + 22),
  ];
}

const compactFormat = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

function compact(value: number): string {
  return compactFormat.format(value);
}
