/**
 * The limit for whoever sends one message per call: no pool, no promise per call, no error handling. A message is the
 * least that a pool needs, a number for the call and the argument; the answer is that number and the result.
 */
import { fork, type SerializationType } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Peer, Pool } from "../peer.js";
import type { TaskName } from "../tasks.js";

const workerFile = new URL("./bare-worker.js", import.meta.url);

export interface Message {
  readonly id: number;
  readonly value: unknown;
}

/** A worker, seen as a place to send messages to. */
interface Channel {
  send(message: Message): void;
  onAnswer(handler: (answer: Message) => void): void;
  stop(): Promise<unknown>;
}

function bare(name: string, kind: Peer<Pool>["kind"], settings: string, open: (task: TaskName) => Channel): Peer<Pool> {
  return {
    name,
    kind,
    settings,
    async start(task, workers) {
      const channels = Array.from({ length: workers }, () => open(task));
      let answered = (_answer: Message): void => {};
      for (const channel of channels) channel.onAnswer((answer) => answered(answer));
      const [first] = channels;
      return {
        /** One call at a time: the next one only after the answer. */
        call: (argument) =>
          new Promise((resolve) => {
            answered = ({ value }) => resolve(value);
            first?.send({ id: 0, value: argument });
          }),
        flood: (count, argument, inFlight = count) =>
          new Promise((resolve) => {
            let sent = 0;
            let left = count;
            const send = () => channels[sent % workers]?.send({ id: sent++, value: argument });
            answered = () => {
              if (sent < count) send();
              if (--left === 0) resolve();
            };
            while (sent < Math.min(count, inFlight)) send();
          }),
        async stop() {
          await Promise.all(channels.map((channel) => channel.stop()));
        },
      };
    },
  };
}

function thread(task: TaskName): Channel {
  const worker = new Worker(workerFile, { workerData: task });
  return {
    send: (message) => worker.postMessage(message),
    onAnswer: (handler) => worker.on("message", handler),
    stop: () => worker.terminate(),
  };
}

function processWith(serialization: SerializationType): (task: TaskName) => Channel {
  return (task) => {
    const child = fork(fileURLToPath(workerFile), [task], { serialization });
    return {
      send: (message) => child.send(message),
      onAnswer: (handler) => child.on("message", (answer) => handler(answer as Message)),
      stop: () => {
        child.disconnect();
        return once(child, "exit");
      },
    };
  };
}

export const barePostMessage = bare("bare postMessage", "threads", "one message per call, pipelined", thread);
export const bareAdvancedIpc = bare(
  "bare IPC, advanced",
  "processes",
  'fork with serialization: "advanced", one message per call, pipelined',
  processWith("advanced"),
);
export const bareJsonIpc = bare(
  "bare IPC, JSON",
  "processes",
  'fork with serialization: "json" (default), one message per call, pipelined',
  processWith("json"),
);
