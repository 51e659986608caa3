/** The contract of executors, through a real Redis and a worker with threads. */
import { testExecutor } from "@concurrent-futures/testkit";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import { afterAll, beforeAll, describe, test } from "@jest/globals";
import { Deployed } from "./deployed.js";
import { hasRedis, RedisServer, SKIPPED } from "./redis-server.js";

let server: RedisServer;

if (hasRedis) {
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.stop());

  testExecutor({
    name: "BullMQExecutor",
    create: ({ maxWorkers = 2, abortGrace, maxQueue }) =>
      new Deployed({
        connection: server.connection,
        maxWorkers,
        pool: new ThreadPoolExecutor({ maxWorkers, abortGrace: abortGrace ?? 60_000 }),
        executor: { maxInFlight: maxWorkers, ...(maxQueue === undefined ? {} : { maxQueue }) },
      }),
    // Not "stats": what it says comes through Redis, so it is late by a moment; bullmq-executor.test.ts waits for it.
    capabilities: [
      "cancelRunning",
      "copies",
      "crashes",
      "errorDetails",
      "killRunning",
      "maxQueue",
      "maxWorkers",
      "priority",
      "progress",
      "references",
      "serialization",
      "strayErrors",
      "taskContext",
      "workers",
    ],
    deadline: 60_000,
    describe,
    test,
  });
} else {
  describe("BullMQExecutor is an executor", () => test.skip(SKIPPED, () => {}));
}
