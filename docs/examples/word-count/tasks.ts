/** What the workers of word-count.ts do: one work at a time, from its files to its counts. */
import { readFile } from "node:fs/promises";

/** A book, or everything that one speaker said. */
export interface Work {
  readonly title: string;
  readonly files: readonly string[];
  /** How long the files are, in bytes. */
  readonly size: number;
}

/** How often a sequence of words occurs. */
export interface Phrase {
  readonly text: string;
  readonly count: number;
}

/** What the reduce step needs of a work. The millions of phrases stay in the worker. */
export interface WorkCounts {
  readonly work: Work;
  readonly words: Map<string, number>;
  /** The most frequent phrase of two words, of three, ... of `LONGEST_PHRASE`. */
  readonly phrases: readonly Phrase[];
}

const LONGEST_PHRASE = 5;

/** The map step: counts every word of a work, and every phrase of two to five words. */
export async function countWork(work: Work): Promise<WorkCounts> {
  const texts = await Promise.all(work.files.map(async (file) => normalise(await readFile(file, "utf8"))));
  const phrases: Phrase[] = [];
  for (let length = 2; length <= LONGEST_PHRASE; length++) phrases.push(mostFrequent(countPhrases(texts, length)));
  return { work, words: countPhrases(texts, 1), phrases };
}

/** A text as lower-case words with one space between them, and where each word starts. */
interface NormalText {
  readonly text: string;
  /** Start of each word; one more for the end of the text. */
  readonly starts: readonly number[];
}

function normalise(raw: string): NormalText {
  const words =
    raw
      .normalize("NFC")
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/\p{L}+(?:'\p{L}+)*/gu) ?? [];
  const starts = [0];
  let end = 0;
  for (const word of words) {
    end += word.length + 1;
    starts.push(end);
  }
  return { text: words.join(" "), starts };
}

/** How often each sequence of `length` words occurs; no sequence reaches over the end of a text. */
function countPhrases(texts: readonly NormalText[], length: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text, starts } of texts) {
    for (let first = 0; first + length < starts.length; first++) {
      const phrase = text.slice(starts[first], (starts[first + length] ?? 0) - 1);
      counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
    }
  }
  return counts;
}

/** The first in the alphabet among equals, so that the answer does not depend on the order of counting. */
function mostFrequent(counts: ReadonlyMap<string, number>): Phrase {
  let best: Phrase = { text: "", count: 0 };
  for (const [text, count] of counts) {
    if (count > best.count || (count === best.count && text < best.text)) best = { text, count };
  }
  return best;
}
