/** The other end of the bare loops: answers each message with the task's result. Runs as a thread or as a process. */
import { parentPort, workerData } from "node:worker_threads";
import { type TaskName, tasks } from "../tasks.js";

const task: (value: number) => unknown = tasks[(workerData ?? process.argv[2]) as TaskName];

if (parentPort) {
  const port = parentPort;
  port.on("message", async (argument: number) => {
    const result = task(argument);
    port.postMessage(result instanceof Promise ? await result : result);
  });
} else {
  process.on("message", async (argument: number) => {
    const result = task(argument);
    process.send?.(result instanceof Promise ? await result : result);
  });
}
