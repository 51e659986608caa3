/** The stack of an error shows the worker's frames, then the place that submitted. */
import { isMain, ThreadPoolExecutor } from "concurrent-futures";

export function parse(text: string): unknown {
  return JSON.parse(text);
}

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  try {
    await pool.submit(parse, "{");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const frames = (error.stack ?? "").split("\n").filter((line) => /stacks\.js|submitted/.test(line));
    for (const frame of frames) console.log(frame.replace(/\S*\/(?=stacks)/, "").trim());
  }
  await pool.shutdown();
}

// Output:
// at parse stacks.js:4:17)
// at --- submitted from ---
// at stacks.js:9:20
