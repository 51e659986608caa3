/** An executor and its workers in one object, for tests that are about neither alone. */
import { randomUUID } from "node:crypto";
import type { BullMQWorkerOptions } from "@concurrent-futures/bullmq-executor";
import { BullMQExecutor, type BullMQExecutorOptions, BullMQWorker } from "@concurrent-futures/bullmq-executor";
import { type Executor, importTasks, type ShutdownOptions } from "@concurrent-futures/core";
import * as testkitTasks from "@concurrent-futures/testkit/tasks";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import * as ownTasks from "./fixtures/tasks.js";

export const KEYS = [{ id: "test", secret: "a secret of the tests that is long enough" }];
/** The folder that modules are named from. */
export const BASE = new URL("./fixtures/", import.meta.url);
const exitsWhenImported = importTasks<{ neverRuns: () => void }>(
  new URL("./exits-when-imported.js", import.meta.resolve("@concurrent-futures/testkit")),
);
export const TASKS = {
  "./tasks.js": ownTasks,
  "../../../testkit/dist/tasks.js": testkitTasks,
  "../../../testkit/dist/exits-when-imported.js": { neverRuns: exitsWhenImported.neverRuns },
};

export interface Deployment {
  readonly connection: BullMQExecutorOptions["connection"];
  readonly maxWorkers?: number;
  readonly pool?: Executor;
  readonly executor?: Partial<BullMQExecutorOptions>;
  readonly worker?: Partial<BullMQWorkerOptions>;
}

export class Deployed extends BullMQExecutor {
  readonly queue: string;
  readonly worker: BullMQWorker;

  constructor({ connection = {}, maxWorkers = 2, pool, executor, worker }: Deployment) {
    const queue = executor?.queue ?? `test-${randomUUID()}`;
    super({ queue, connection, keys: KEYS, base: BASE, sweepInterval: 500, ...executor });
    this.queue = queue;
    this.worker = new BullMQWorker({
      queue,
      connection,
      keys: KEYS,
      tasks: TASKS,
      concurrency: maxWorkers,
      log: () => {}, // lost connections are what some tests are about
      pool: pool ?? new ThreadPoolExecutor({ maxWorkers }),
      ...worker,
    });
    void this.worker.ready();
  }

  override async shutdown(options: ShutdownOptions = {}): Promise<void> {
    await super.shutdown(options);
    const ended = super.shutdown({ wait: true }).then(() => this.worker.close());
    if (options.wait !== false) await ended;
  }
}
