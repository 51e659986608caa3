import { ThreadsExecutor } from "@concurrent-futures/threads-executor";
import { Worker } from "threads";

const executor = new ThreadsExecutor(() => new Worker("./worker.js"), { maxWorkers: 2 });
const { fibonacci } = executor.tasks;
console.log(await executor.submit(fibonacci, 20));
await executor.shutdown();

// Output:
// 6765
