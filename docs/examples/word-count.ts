/**
 * Map-reduce over 24 MB of books and speeches, three times by one and the same function: on this thread, on worker
 * threads, on processes.
 *
 *   works ──► countWork (map, in the workers) ──► WorkCounts ──► countLibrary (reduce, here) ──► LibraryCounts
 */
import { isDeepStrictEqual } from "node:util";
import {
  asCompleted,
  EventLoopExecutor,
  type Executor,
  isMain,
  ProcessPoolExecutor,
  ThreadPoolExecutor,
} from "concurrent-futures";
import { findWorks } from "./word-count/library.js";
import { ProgressLine } from "./word-count/progress-line.js";
import { countWork, type Phrase, type Work } from "./word-count/tasks.js";

interface LibraryCounts {
  /** How often each word occurs in all works together. */
  readonly words: Map<string, number>;
  /** By title: the work's most frequent phrase of two words, of three, ... */
  readonly phrases: Map<string, readonly Phrase[]>;
}

/** Counts the works on any executor, and adds up the results in the order in which they come. */
async function countLibrary(
  executor: Executor,
  works: readonly Work[],
  progress: ProgressLine,
): Promise<LibraryCounts> {
  const words = new Map<string, number>();
  const phrases = new Map<string, readonly Phrase[]>();
  for await (const future of asCompleted(works.map((work) => executor.submit(countWork, work)))) {
    const counts = await future;
    for (const [word, count] of counts.words) words.set(word, (words.get(word) ?? 0) + count);
    phrases.set(counts.work.title, counts.phrases);
    progress.add(counts.work.size);
  }
  return { words, phrases };
}

/** Times one run, the start and the end of the workers included. */
async function timed(name: string, executor: Executor, works: readonly Work[]) {
  const progress = new ProgressLine(
    name,
    works.reduce((sum, work) => sum + work.size, 0),
  );
  const start = performance.now();
  const counts = await countLibrary(executor, works, progress);
  await executor.shutdown();
  progress.end();
  return { name, seconds: (performance.now() - start) / 1000, counts };
}

function topWords(counts: LibraryCounts, howMany: number): string {
  const byCount = [...counts.words].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return byCount
    .slice(0, howMany)
    .map(([word, count]) => `${word} ${count.toLocaleString("en")}`)
    .join(", ");
}

async function main(): Promise<void> {
  const works = findWorks();
  console.log(`Counting the words and the phrases of two to five words in ${works.length} works\n`);

  const runs = [
    await timed("one thread", new EventLoopExecutor({ maxWorkers: 1 }), works),
    await timed("threads", new ThreadPoolExecutor(), works),
    await timed("processes", new ProcessPoolExecutor(), works),
  ] as const;
  const [{ seconds: alone, counts }] = runs;

  console.log("\n                seconds  speed-up  top words");
  for (const run of runs) {
    const figures = `${run.seconds.toFixed(2).padStart(7)}  ${(alone / run.seconds).toFixed(2).padStart(8)}`;
    console.log(`${run.name.padEnd(14)}  ${figures}  ${topWords(run.counts, 5)}`);
  }

  const agree = runs.every((run) => isDeepStrictEqual(run.counts, counts));
  console.log(`\n${agree ? "All three counted the same" : "The three differ"}: ${topWords(counts, 10)}`);
  for (const title of ["bible kjv", "melville moby dick", "abraham lincoln"]) {
    console.log(
      `${title}: ${(counts.phrases.get(title) ?? []).map(({ text, count }) => `"${text}" ${count}`).join(", ")}`,
    );
  }
  if (!agree) process.exitCode = 1;
}

if (isMain(import.meta)) await main();
