/** The entry of a worker thread. */
import { workerData } from "node:worker_threads";
import { type Port, type PortHandlers, runWorker } from "@concurrent-futures/worker-pool";
import { type Posted, post, WAKE, type WorkerData } from "./port-messages.js";

const { port, memory } = workerData as WorkerData;

const enginePort: Port = {
  memory,
  carriesHostObjects: true,
  wake: () => port.postMessage(WAKE),
  post: (bytes, extras, transfer) => post(port, bytes, extras, transfer as never),
  listen: (handlers: PortHandlers) => {
    port.on("message", (message: unknown) => {
      if (message === WAKE) handlers.wake();
      else handlers.message(...(message as Posted));
    });
  },
  close: () => port.close(),
};

runWorker(enginePort);
