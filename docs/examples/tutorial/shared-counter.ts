/** A pool whose workers get a shared counter once, when they start, and whose tasks count up what they have done. */
import { isMain, ProcessPoolExecutor, Value } from "concurrent-futures";

/** Each worker's own variable, set by its initializer. */
let counter: Value<"int32">;

export function init(shared: Value<"int32">): void {
  counter = shared;
}

export function work(): void {
  using _ = counter.getLock().acquireSync();
  counter.value += 1;
}

if (isMain(import.meta)) {
  const total = new Value("int32", 0);
  await using pool = new ProcessPoolExecutor({ initializer: init, initArgs: [total] });
  await Promise.all(Array.from({ length: 100 }, () => pool.submit(work)));
  console.log("tasks done:", total.value);
}

// Output:
// tasks done: 100
