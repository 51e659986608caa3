/** Setting up each worker once, before its first task, and clearing up when it leaves. */
import { isMain, ProcessPoolExecutor } from "concurrent-futures";

/** What a worker keeps between its tasks: each has its own copy of this module. */
let dictionary = new Map<string, string>();

export async function openDictionary(language: string, entries: Record<string, string>): Promise<void> {
  dictionary = new Map(Object.entries(entries));
  console.log(`${language}: ${dictionary.size} words`);
}

export function closeDictionary(): void {
  console.log("closed");
}

export const translate = (word: string): string => dictionary.get(word) ?? `${word}?`;

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor({
    maxWorkers: 1,
    initializer: openDictionary,
    initArgs: ["German", { house: "Haus", tree: "Baum" }],
    finalizer: closeDictionary,
  });
  await pool.ready(); // starts all workers now instead of on demand
  console.log((await pool.map(translate, ["house", "tree", "cloud"])).join(", "));
  await pool.shutdown();
}

// Output:
// German: 2 words
// Haus, Baum, cloud?
// closed
