/** The entry of a worker process. */
import { runWorker } from "@concurrent-futures/worker-pool";
import { ProcessPort } from "./process-port.js";
import { takeConfig } from "./worker-config.js";

process.on("SIGINT", () => {}); // Ctrl+C reaches the whole group, and it is the parent that decides
process.send ??= () => false; // see worker-config.ts: there is no channel, and nobody listens

runWorker(new ProcessPort(takeConfig()));
