/**
 * ThreadTransport: workers in worker_threads.
 *
 * The engine talks over a MessagePort of its own, so that nothing a task writes to `parentPort` can be taken for it.
 * A wake-up is a `0`; everything else is [bytes, extras].
 */
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  type Transferable,
  Worker,
  type WorkerOptions,
} from "node:worker_threads";
import {
  bundleOf,
  type ConnectionHandlers,
  endThread,
  forwardOutput,
  MEMORY_BYTES,
  missingEntry,
  noteThreadEnd,
  noteThreadStart,
  OutputTail,
  type WorkerConnection,
  type WorkerOutput,
  type WorkerStart,
  type WorkerTransport,
} from "@concurrent-futures/worker-pool";
import { type Posted, post, WAKE, type WorkerData } from "./port-messages.js";

const BUNDLE = bundleOf(import.meta.url, "worker");

/** Options of the Worker constructor that are passed on. */
export interface ThreadSettings {
  readonly resourceLimits?: import("node:worker_threads").ResourceLimits | undefined;
  readonly namePrefix: string;
  readonly env?: NodeJS.ProcessEnv | typeof import("node:worker_threads").SHARE_ENV | undefined;
  readonly execArgv?: readonly string[] | undefined;
  readonly argv?: readonly string[] | undefined;
  readonly stdout: WorkerOutput;
  readonly stderr: WorkerOutput;
}

export class ThreadTransport implements WorkerTransport {
  readonly kind = "thread";
  readonly carriesHostObjects = true;
  readonly #settings: ThreadSettings;

  constructor(settings: ThreadSettings) {
    this.#settings = settings;
  }

  start({ workerId }: WorkerStart): WorkerConnection {
    return new ThreadConnection(this.#settings, workerId);
  }
}

class ThreadConnection implements WorkerConnection {
  readonly memory = new SharedArrayBuffer(MEMORY_BYTES);
  readonly carriesHostObjects = true;
  readonly id: number;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #stderr = new OutputTail();
  #error: unknown;

  constructor({ namePrefix, resourceLimits, env, execArgv, argv, stdout, stderr }: ThreadSettings, workerId: number) {
    const { port1, port2 } = new MessageChannel();
    const workerData: WorkerData = { port: port2, memory: this.memory };
    this.#port = port1;
    const options: WorkerOptions = {
      name: `${namePrefix}${workerId}`,
      workerData,
      transferList: [port2],
      ...(resourceLimits && { resourceLimits }),
      ...(env !== undefined && { env }),
      ...(execArgv && { execArgv: [...execArgv] }),
      ...(argv && { argv: [...argv] }),
    };
    // In this form bundlers recognize a worker.
    this.#worker = BUNDLE ? new Worker(BUNDLE, options) : new Worker(new URL("./worker.js", import.meta.url), options);
    this.id = this.#worker.threadId;
    noteThreadStart(this.id);
    forwardOutput(takeOver(this.#worker.stdout), stdout, process.stdout);
    forwardOutput(takeOver(this.#worker.stderr), stderr, process.stderr, this.#stderr);
  }

  listen(handlers: ConnectionHandlers): void {
    const deliver = (message: unknown): void => {
      if (message === WAKE) handlers.wake();
      else handlers.message(...(message as Posted));
    };
    this.#port.on("message", deliver);
    this.#worker.on("error", (error) => {
      this.#error = withReason(error);
    });
    this.#worker.on("exit", (exitCode) => {
      noteThreadEnd(this.id); // whoever shares memory with it can tell that it holds nothing any more
      for (let last = receiveMessageOnPort(this.#port); last !== undefined; last = receiveMessageOnPort(this.#port)) {
        deliver(last.message);
      }
      this.#port.close();
      handlers.exit({ exitCode, signal: undefined, stderr: this.#stderr.text, error: this.#error });
    });
  }

  wake(): void {
    this.#port.postMessage(WAKE);
  }

  post(bytes: Uint8Array, extras?: readonly unknown[], transfer?: readonly Transferable[]): void {
    post(this.#port, bytes, extras, transfer);
  }

  ref(): void {
    this.#worker.ref();
    this.#port.ref();
  }

  unref(): void {
    this.#worker.unref();
    this.#port.unref();
  }

  terminate(): void {
    endThread(this.id, () => void this.#worker.terminate());
  }

  kill(): void {
    this.terminate();
  }
}

/** What Node says of the entry that it cannot find, with the reason. */
function withReason(error: unknown): unknown {
  const entry = join(dirname(fileURLToPath(import.meta.url)), "worker.js"); // not in the form that bundlers follow
  const isAboutEntry = error instanceof Error && error.message.includes(entry);
  return (isAboutEntry && missingEntry(entry)) || error;
}

/** A stream that was asked for with `stdout: true` keeps the program alive, unref'd or not; one that Node pipes does not. */
function takeOver(piped: Readable): Readable {
  return piped.unpipe().resume(); // unpipe() pauses it, and then a listener does not start it
}
