/** Workers as places to send messages to: what the bare loops are made of. */
import { fork, type SerializationType } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { TaskName } from "../tasks.js";

const workerFile = new URL("./bare-worker.js", import.meta.url);

/** The least that a pool needs: a number for the call and the argument; in the answer, that number and the result. */
export interface Message {
  readonly id: number;
  readonly value: unknown;
}

interface Channel {
  send(message: Message): void;
  stop(): Promise<unknown>;
}

/** Starts one worker; `answered` gets all that it sends. */
type Open = (task: TaskName, answered: (answer: Message) => void) => Channel;

/** A way to reach workers, with what tables say of it. */
export interface Medium {
  readonly name: string;
  readonly kind: "threads" | "processes";
  readonly settings: string;
  readonly open: Open;
}

export const postMessage: Medium = {
  name: "bare postMessage",
  kind: "threads",
  settings: "worker_threads",
  open(task, answered) {
    const worker = new Worker(workerFile, { workerData: task });
    worker.on("message", answered);
    return {
      send: (message) => worker.postMessage(message),
      stop: () => worker.terminate(),
    };
  },
};

function ipcWith(serialization: SerializationType): Open {
  return (task, answered) => {
    const child = fork(fileURLToPath(workerFile), [task], { serialization });
    child.on("message", (answer) => answered(answer as Message));
    return {
      send: (message) => child.send(message),
      stop: () => {
        child.disconnect();
        return once(child, "exit");
      },
    };
  };
}

export const advancedIpc: Medium = {
  name: "bare IPC, advanced",
  kind: "processes",
  settings: 'fork with serialization: "advanced"',
  open: ipcWith("advanced"),
};

export const jsonIpc: Medium = {
  name: "bare IPC, JSON",
  kind: "processes",
  settings: 'fork with serialization: "json" (default)',
  open: ipcWith("json"),
};

/** Workers that take turns. */
export class Channels {
  readonly #channels: readonly Channel[];
  #next = 0;
  /** What is done with answers. */
  answered = (_answer: Message): void => {};

  constructor(medium: Medium, task: TaskName, workers: number) {
    this.#channels = Array.from({ length: workers }, () => medium.open(task, (answer) => this.answered(answer)));
  }

  send(message: Message): void {
    this.#channels[this.#next]?.send(message);
    this.#next = (this.#next + 1) % this.#channels.length;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#channels.map((channel) => channel.stop()));
  }
}
