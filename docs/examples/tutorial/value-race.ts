/** Two processes that change one number without a lock: reading and writing are two steps, and updates get lost. */
import { Barrier, isMain, Process, Value } from "concurrent-futures";

const TIMES = 20_000_000;

export function increment(counter: Value<"int32">, start: Barrier): void {
  for (let i = 0; i < TIMES; i++) {
    if (i % 1_000_000 === 0) start.waitSync(); // so that both really run at once
    counter.value += 1;
  }
}

if (isMain(import.meta)) {
  const counter = new Value("int32", 0);
  const start = new Barrier(2);
  const processes = [1, 2].map(() => new Process({ target: increment, args: [counter, start] }));
  for (const process of processes) process.start();
  for (const process of processes) await process.join();
  console.log("updates lost:", counter.value < 2 * TIMES);
}

// Output:
// updates lost: true
