import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { endThread } from "@concurrent-futures/worker-pool";
import { expect, test } from "@jest/globals";

test("a thread whose termination was lost ends itself before it enters an addon", async () => {
  const worker = new Worker(new URL("./fixtures/enters-addon.js", import.meta.url));
  const ended = once(worker, "exit");
  await once(worker, "message"); // it has entered an addon and left it
  endThread(worker.threadId, () => worker.postMessage("go on")); // and is never terminated
  expect(await ended).toEqual([1]);
});
