/**
 * ProcessConnection: the engine's end of the connection to one worker process.
 *
 *   started ──► listening ──exit, pipes drained──► ended
 *      └── could not start ──────────────────────────┘
 *
 * C1  The engine hears of the end once, after everything that the worker sent; nothing follows it.
 * C2  The shared memory goes to another worker after the engine has heard of the end, and is not touched here then.
 * C3  No stream's error leaves this file: the child's exit tells what happened.
 */
import type { Socket } from "node:net";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";
import {
  type ConnectionHandlers,
  forwardOutput,
  OutputTail,
  type WorkerConnection,
  type WorkerOutput,
} from "@concurrent-futures/worker-pool";
import { readMessages } from "./frame-socket.js";
import { frameHeader, MAX_WRITE } from "./frames.js";
import { IN_FILE } from "./messages.js";
import { watchParent } from "./parent-watch.js";
import { APART_BYTES, FILE_BYTES } from "./payloads.js";
import type { SpawnedWorker } from "./spawn-worker.js";
import { FRAMES_IN, FRAMES_OUT } from "./worker-config.js";
import { type ProcessEnd, whenEnded } from "./worker-end.js";

/**
 * How long after its pipes a process that exits by itself may take to be gone. Node closes them first and takes its heap
 * down then: that took up to 250 ms where 20 programs shared two cores, and takes longer with a large heap.
 */
const DEAF_MS = 5000;

/** Where what the workers write goes. */
export interface Outputs {
  readonly stdout: WorkerOutput;
  readonly stderr: WorkerOutput;
}

export class ProcessConnection implements WorkerConnection {
  readonly id: number;
  readonly memory: ArrayBuffer | undefined;
  readonly carriesHostObjects = false;
  readonly apartBytes: number = APART_BYTES;
  readonly #worker: SpawnedWorker;
  readonly #sockets: readonly Socket[]; // none of Node's when the process could not start
  readonly #framesTo: Socket | undefined;
  readonly #framesFrom: Socket | undefined;
  readonly #stderr = new OutputTail();
  readonly #stopWatching: () => void;
  #handlers: ConnectionHandlers | undefined; // set by listen(), before anything can arrive
  #gaveUp: Error | undefined; // why this side killed the worker, if it did

  constructor(worker: SpawnedWorker, { stdout, stderr }: Outputs) {
    const { child, channel } = worker;
    this.#worker = worker;
    this.id = child.pid ?? 0;
    this.memory = channel?.memory.buffer;
    // Without descriptors left, Node makes a child without stdio, whatever its type says.
    const stdio = (child.stdio ?? []) as readonly unknown[] as readonly (Socket | null | undefined)[];
    this.#framesTo = stdio[FRAMES_IN] ?? undefined;
    const framesFrom = channel?.frames ?? stdio[FRAMES_OUT];
    this.#framesFrom = framesFrom == null ? undefined : this.#read(framesFrom);
    this.#sockets = [...stdio, this.#framesFrom].filter((socket) => socket != null);
    for (const socket of this.#sockets) {
      socket.on("error", () => {}); // C3
      socket.resume(); // what a task writes where nobody listens is dropped
    }
    if (child.stdout) forwardOutput(child.stdout, stdout, process.stdout);
    if (child.stderr) forwardOutput(child.stderr, stderr, process.stderr, this.#stderr);
    this.#stopWatching = channel === undefined && this.id !== 0 ? watchParent(this.id) : () => {};
  }

  listen(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    const { child, channel } = this.#worker;
    channel?.wake.listen(() => handlers.wake());
    const stopTimer = this.#killIfDeaf();
    const pipes = [this.#framesFrom, child.stdout, child.stderr].filter((pipe) => pipe != null);
    whenEnded(child, pipes, (end) => {
      stopTimer();
      this.#ended(end, handlers);
    });
  }

  wake(): void {
    this.#worker.channel?.wake.wake();
  }

  post(bytes: Uint8Array, extras: readonly unknown[] = []): void {
    const socket = this.#framesTo;
    if (!socket?.writable) return;
    const apart = extras as readonly Uint8Array[];
    const size = apart.reduce((sum, { length }) => sum + length, bytes.length);
    const place = size < FILE_BYTES ? undefined : this.#worker.channel?.payloads.write([bytes, ...apart]);
    socket.cork();
    if (place !== undefined) {
      writeFrame(socket, place, IN_FILE);
    } else {
      writeFrame(socket, bytes, apart.length);
      for (const memory of apart) writeFrame(socket, Buffer.copyBytesFrom(memory)); // the socket takes its time
    }
    socket.uncork();
  }

  ref(): void {
    this.#worker.child.ref();
    for (const socket of this.#sockets) socket.ref();
    this.#worker.channel?.wake.ref();
  }

  unref(): void {
    this.#worker.child.unref();
    for (const socket of this.#sockets) socket.unref();
    this.#worker.channel?.wake.unref();
  }

  terminate(): void {
    this.#worker.child.kill("SIGTERM");
  }

  kill(): void {
    this.#worker.child.kill("SIGKILL");
  }

  #read(source: number | Socket): Socket {
    const handlers = {
      message: (bytes: Uint8Array, extras: readonly unknown[]) => this.#handlers?.message(bytes, extras),
      corrupt: (error: Error) => this.#giveUp(error),
    };
    return readMessages(source, handlers, this.#worker.channel?.payloads);
  }

  /** A task can close the worker's descriptors; nothing could reach it, or be heard of it, after that. */
  #killIfDeaf(): () => void {
    const { child } = this.#worker;
    let timer: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      this.#giveUp(new Error("it closed the connection to its pool"));
    };
    const closed = (): void => {
      // After a long block of this thread the timer is due before the exit was looked at: that gets one more turn.
      timer ??= setTimeout(() => setImmediate(giveUp), DEAF_MS).unref();
    };
    this.#framesTo?.once("close", closed);
    this.#framesFrom?.once("close", closed);
    return () => clearTimeout(timer);
  }

  #giveUp(error: Error): void {
    this.#gaveUp = error;
    this.kill();
  }

  #ended(end: ProcessEnd, handlers: ConnectionHandlers): void {
    const { channel } = this.#worker;
    this.#stopWatching();
    this.#framesTo?.destroy();
    this.#framesFrom?.destroy();
    this.unref(); // of what is left: output that a process of the task's holds open is still passed on
    const { exitCode, signal, error = this.#gaveUp } = end;
    handlers.exit({ exitCode, signal, stderr: this.#stderr.text, ...(error !== undefined && { error }) }); // C1
    channel?.close(); // C2
  }
}

function writeFrame(socket: Socket, payload: Uint8Array, mark = 0): void {
  socket.write(frameHeader(payload.length, mark));
  for (let at = 0; at < payload.length; at += MAX_WRITE) socket.write(payload.subarray(at, at + MAX_WRITE));
}
