/** The contract of executors, through a real Redis and a worker with threads. */
import { testExecutor } from "@concurrent-futures/testkit";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import { afterAll, beforeAll, describe, jest, test } from "@jest/globals";
import { Deployed } from "./deployed.js";
import { RedisServer } from "./redis-server.js";
import { describeWithRedis } from "./stage.js";

jest.setTimeout(240_000); // only for failing: a busy machine takes its time

let server: RedisServer;

describeWithRedis("BullMQExecutor's conformance", () => {
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
    // Not "stats": R-12 reads stats() in the turn in which the test learns, by a file, that the task runs. That it runs,
    // and that there is a worker at all, comes to a submitter through Redis, a moment later; it would have to be made up.
    // bullmq-executor.test.ts has the same test, and waits.
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
    deadline: 180_000,
    describe,
    test,
  });
});
