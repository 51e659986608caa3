/** The entry of a worker process. */
import { runWorker } from "@concurrent-futures/worker-pool";
import { openPort } from "./open-port.js";

runWorker(openPort());
