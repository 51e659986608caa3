/** Streams through a pool: lines in, records out, with as many on their way as the slowest part can take. */
import { createHash } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isMain, ThreadPoolExecutor } from "concurrent-futures";

export function digest(line: string): string {
  return `${createHash("sha256").update(line).digest("hex").slice(0, 8)} ${line}\n`;
}

/** Stands for a large file: 1000 lines. */
function openLog(): Readable {
  return Readable.from(
    (function* () {
      for (let i = 1; i <= 1000; i++) yield `line ${i}\n`;
    })(),
  );
}

/** Stands for a subscription to messages that never end. */
async function* readEndlessly(): AsyncGenerator<string> {
  try {
    for (let i = 1; ; i++) yield `message ${i}`;
  } finally {
    console.log("unsubscribed");
  }
}

/** Stands for a slow disk; notes how much it got. */
function openOutput(): { output: Writable; summary(): string } {
  let lines = 0;
  let last = "";
  const output = new Writable({
    decodeStrings: false,
    write(record: string, _, done) {
      lines++;
      last = record.trim();
      setImmediate(done);
    },
  });
  return { output, summary: () => `${lines} lines, the last one: ${last}` };
}

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 2 });

  // From a stream, through the pool, into a stream. The order is kept, and nobody runs ahead of the writer by more than 64.
  const lines = createInterface({ input: openLog() });
  const { output, summary } = openOutput();
  await pipeline(Readable.from(pool.map(digest, lines, { bufferSize: 64 })), output);
  console.log(summary());

  // Leaving early closes the input, however long it is.
  for await (const record of pool.map(digest, readEndlessly(), { bufferSize: 8 })) {
    if (record.endsWith("message 3\n")) break;
  }
  await pool.shutdown();
}

// Output:
// 1000 lines, the last one: 8eda7137 line 1000
// unsubscribed
