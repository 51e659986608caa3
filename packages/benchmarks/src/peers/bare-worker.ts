/** The other end of the bare loops: answers each message with the task's result. Runs as a thread or as a process. */
import { parentPort, workerData } from "node:worker_threads";
import { type TaskName, tasks } from "../tasks.js";
import type { Message } from "./bare-channel.js";

const task = tasks[(workerData ?? process.argv[2]) as TaskName];

if (parentPort) {
  const port = parentPort;
  port.on("message", (message: Message) => answer(message, (reply) => port.postMessage(reply)));
} else {
  process.on("message", (message: Message) => answer(message, (reply) => process.send?.(reply)));
}

async function answer({ id, value }: Message, send: (reply: Message) => void): Promise<void> {
  const result = task(value);
  send({ id, value: result instanceof Promise ? await result : result });
}
