/** Workers that a command starts: here a plain `node`, elsewhere `ssh host node` or `docker run -i image node`. */
import { fileURLToPath } from "node:url";
import { isMain, WorkerCrashedError } from "@concurrent-futures/core";
import { CommandExecutor } from "./command-executor/command-executor.js";

export function sum(numbers: Float64Array): number {
  return numbers.reduce((total, n) => total + n, 0);
}

export function fail(): never {
  process.exit(7);
}

if (isMain(import.meta)) {
  const worker = fileURLToPath(new URL("./command-executor/worker.js", import.meta.url));
  const executor = new CommandExecutor({ command: [process.execPath, worker], maxWorkers: 2 });

  console.log(await executor.submit(sum, Float64Array.of(1, 2, 3.5)));
  // Not exported, and it uses nothing from around it: its source travels, so the module need not be there.
  for await (const square of executor.map((n) => n ** 2, [1, 2, 3])) console.log(square);

  const error = await executor.submit(fail).exception();
  if (error instanceof WorkerCrashedError) console.log(error.code, error.exitCode);

  await executor.shutdown();
}

// Output:
// 6.5
// 1
// 4
// 9
// ERR_WORKER_CRASHED 7
