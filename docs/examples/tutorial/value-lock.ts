/** The cure: whoever holds the value's lock is alone with it, so that no update is lost. */
import { isMain, Process, Value } from "concurrent-futures";

const TIMES = 20_000;

export function increment(counter: Value<"int32">): void {
  for (let i = 0; i < TIMES; i++) {
    using _ = counter.getLock().acquireSync();
    counter.value += 1;
  }
}

if (isMain(import.meta)) {
  const counter = new Value("int32", 0);
  const processes = [1, 2].map(() => new Process({ target: increment, args: [counter] }));
  for (const process of processes) process.start();
  for (const process of processes) await process.join();
  console.log("counted:", counter.value);
}

// Output:
// counted: 40000
