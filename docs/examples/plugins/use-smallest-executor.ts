/** What a subclass of BaseExecutor can do without another line. */
import { TimeoutError, taskContext } from "@concurrent-futures/core";
import { SmallestExecutor } from "./smallest-executor.js";

async function square(n: number): Promise<number> {
  return n * n;
}

async function untilAborted(): Promise<void> {
  const { signal, name } = taskContext();
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  console.log(`${name} was told to stop`);
}

const executor = new SmallestExecutor();

console.log(await executor.submit(square, 4));
for await (const result of executor.map(square, [1, 2, 3])) console.log(result);

const endless = executor.with({ timeout: 10, name: "endless" }).submit(untilAborted);
await endless.catch((error) => console.log(error instanceof TimeoutError));

await executor.shutdown();

// Output:
// 16
// 1
// 4
// 9
// true
// endless was told to stop
