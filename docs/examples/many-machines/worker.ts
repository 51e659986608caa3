/** A worker program: what it registers is all that anybody can have run here. */
import { BullMQWorker } from "@concurrent-futures/bullmq-executor";
import { ProcessPoolExecutor } from "concurrent-futures";
import * as tasks from "../word-count/tasks.js";

// Tells the program that has started it, once it runs: from then on it ends in peace when it is told to.
setImmediate(() => process.send?.("running"));

await using worker = new BullMQWorker({
  queue: "words",
  connection: process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379",
  tasks: { "./word-count/tasks.js": tasks },
  pool: new ProcessPoolExecutor({ maxWorkers: 1 }),
  concurrency: 1,
});
await worker.run(); // until SIGTERM; finishes what it has begun
