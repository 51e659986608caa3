/** Map-reduce: processes count words, the parent adds up, and a shared counter tells it how far they are. */
import { isMain, ProcessPoolExecutor, Value } from "concurrent-futures";

type Counts = Map<string, number>;

let linesDone: Value<"int32">;

export function init(shared: Value<"int32">): void {
  linesDone = shared;
}

export function countWords(lines: readonly string[]): Counts {
  const counts: Counts = new Map();
  for (const line of lines) {
    for (const word of line.split(" ")) counts.set(word, (counts.get(word) ?? 0) + 1);
    linesDone.add(1);
  }
  return counts;
}

function merge(sum: Counts, counts: Counts): Counts {
  for (const [word, count] of counts) sum.set(word, (sum.get(word) ?? 0) + count);
  return sum;
}

if (isMain(import.meta)) {
  const lines = Array.from({ length: 60_000 }, (_, i) => (i % 3 === 0 ? "the tortoise and the hare" : "the race"));
  const parts = Array.from({ length: 60 }, (_, i) => lines.slice(1000 * i, 1000 * (i + 1)));
  const done = new Value("int32", 0);
  const progress = setInterval(() => {
    if (process.stdout.isTTY) console.log(`${done.value} of ${lines.length} lines`);
  }, 100);

  await using pool = new ProcessPoolExecutor({ initializer: init, initArgs: [done] });
  const counts = (await pool.map(countWords, parts)).reduce(merge);
  clearInterval(progress);
  console.log("lines:", done.value);
  for (const [word, count] of counts) console.log(word, count);
}

// Output:
// lines: 60000
// the 80000
// tortoise 20000
// and 20000
// hare 20000
// race 40000
