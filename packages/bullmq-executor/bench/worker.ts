/** The worker's program of the benchmark: one of ours and a bare one, each on its own queue. */
import { BullMQWorker } from "@concurrent-futures/bullmq-executor";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import { Worker } from "bullmq";
import { Redis } from "ioredis";
import * as tasks from "./tasks.js";

const { ours, bare, connection, keys, concurrency } = JSON.parse(process.env["BENCH_OPTIONS"] ?? "{}");

const worker = new BullMQWorker({
  queue: ours,
  connection,
  keys,
  concurrency,
  tasks: { "./tasks.js": tasks },
  pool: new ThreadPoolExecutor({ maxWorkers: 1 }),
});
await worker.ready();

// The least that BullMQ can do: the call is made right here, and nothing is checked.
const redis = new Redis({ ...connection, maxRetriesPerRequest: null });
const bareWorker = new Worker(bare, async (job) => tasks.double(job.data.n), { connection: redis, concurrency });
await bareWorker.waitUntilReady();
console.log("ready");
