/** What this process and all below it use, as Linux counts it: a pool's cost is its workers' and its caller's together. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Whether this system says how much of each process's memory is its own. */
export const countsMemory = existsSync("/proc/self/smaps_rollup");
/** Whether this system counts the time and the wake-ups of each thread. */
export const countsTime = existsSync("/proc/self/task") && existsSync("/proc/self/schedstat");

/**
 * The memory of the process and all below it, in bytes: PSS, that is, a page that several processes share is counted
 * once, in equal parts. What a further process maps of Node's binary, which all of them map, thus costs next to nothing.
 */
export function treeMemory(root = process.pid): number {
  const kib = processesFrom(root).map((pid) => numberAfter("Pss:", `/proc/${pid}/smaps_rollup`));
  return 1024 * sum(kib);
}

export interface TimeUsed {
  readonly cpuMs: number;
  /** How often a thread gave its core back because it had nothing to do: as often, it has been woken. */
  readonly wakeUps: number;
}

/** The threads of the process and of all below it, as folders that `timeUsed` takes. */
export function treeThreads(root = process.pid): string[] {
  return processesFrom(root).flatMap((pid) => list(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}`));
}

/** What the threads have used so far. */
export function timeUsed(threads: readonly string[]): TimeUsed {
  return {
    cpuMs: sum(threads.map((thread) => Number(read(`${thread}/schedstat`).split(" ")[0]))) / 1e6,
    wakeUps: sum(threads.map((thread) => numberAfter("\nvoluntary_ctxt_switches:", `${thread}/status`))),
  };
}

/** The process, its children, their children, and so on. */
function processesFrom(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const pid of list("/proc").map(Number).filter(Number.isInteger)) {
    const stat = read(`/proc/${pid}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]); // the name before it may have spaces
    const siblings = children.get(parent);
    if (siblings) siblings.push(pid);
    else children.set(parent, [pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

function numberAfter(label: string, file: string): number {
  const text = read(file);
  const at = text.indexOf(label);
  return at === -1 ? 0 : Number.parseInt(text.slice(at + label.length), 10);
}

/** Empty where the process or thread has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
