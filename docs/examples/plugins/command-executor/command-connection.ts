/**
 * CommandConnection: the pool's end of the connection to one worker, over the stdin and stdout of its command.
 *
 *   running ──the command exits──► draining ──its pipes are read, or DRAIN_MS──► ended
 *
 * C1  The pool hears of the end once, after all that the worker sent, and of nothing afterwards.
 * C2  A worker whose stdin ends is no more (worker.ts), and Node closes the stdin of a command that has exited. So the
 *     worker ends with its command, wherever it runs and whatever lies between the two.
 */
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import {
  type ConnectionHandlers,
  forwardOutput,
  OutputTail,
  type WorkerConnection,
  type WorkerExit,
  type WorkerOutput,
} from "@concurrent-futures/worker-pool";
import { helloLine } from "./hello.js";
import { framesOf, MessageReader, newToken } from "./messages.js";

/** A process that a task has left behind may hold the pipes open for ever. */
const DRAIN_MS = 500;

export class CommandConnection implements WorkerConnection {
  readonly id: number;
  readonly memory = undefined; // so every record is posted, and nobody has to be woken
  readonly carriesHostObjects = false;
  readonly #command: ChildProcessWithoutNullStreams;
  readonly #token = newToken();
  readonly #printed = new PassThrough();
  readonly #errors = new OutputTail();

  constructor(command: ChildProcessWithoutNullStreams, outputs: { stdout: WorkerOutput; stderr: WorkerOutput }) {
    this.#command = command;
    this.id = command.pid ?? 0;
    forwardOutput(this.#printed, outputs.stdout, process.stdout);
    forwardOutput(command.stderr, outputs.stderr, process.stderr, this.#errors);
    command.stdin.on("error", () => {}); // its exit says what happened
    command.stdin.write(helloLine(this.#token));
  }

  listen(handlers: ConnectionHandlers): void {
    const { stdout } = this.#command;
    const reader = new MessageReader(
      this.#token,
      (message) => handlers.message(message, []),
      (text) => this.#printed.write(text),
    );
    stdout.on("data", (chunk: Buffer) => reader.push(chunk));
    stdout.on("end", () => reader.end());
    stdout.on("error", () => {});
    this.#whenEnded((exit) => {
      stdout.removeAllListeners("data").resume(); // C1
      this.unref();
      handlers.exit(exit);
    });
  }

  wake(): void {}

  post(bytes: Uint8Array): void {
    const { stdin } = this.#command;
    if (!stdin.writable) return;
    stdin.cork();
    for (const frame of framesOf(this.#token, bytes)) stdin.write(frame);
    stdin.uncork();
  }

  ref(): void {
    this.#command.ref();
    for (const socket of this.#sockets()) socket.ref();
  }

  unref(): void {
    this.#command.unref();
    for (const socket of this.#sockets()) socket.unref();
  }

  terminate(): void {
    this.#command.kill("SIGTERM");
  }

  kill(): void {
    this.#command.kill("SIGKILL");
  }

  /** The pipes of a child process are sockets; their type does not say so. */
  #sockets(): Socket[] {
    const { stdin, stdout, stderr } = this.#command;
    return [stdin, stdout, stderr] as unknown[] as Socket[];
  }

  #whenEnded(report: (exit: WorkerExit) => void): void {
    const command = this.#command;
    const end = (exitCode: number | null, signal: string | null, error?: unknown): void =>
      report({
        exitCode: exitCode ?? undefined,
        signal: signal ?? undefined,
        stderr: this.#errors.text,
        ...(error !== undefined && { error }),
      });
    command.once("error", (error) => {
      if (command.pid === undefined) end(null, null, error); // it could not be started
    });
    command.once("exit", (exitCode, signal) => {
      whenClosed([command.stdout, command.stderr] as unknown[] as Socket[], () => end(exitCode, signal));
    });
  }
}

/** Calls `done` once, when all are closed or it takes too long. */
function whenClosed(sockets: readonly Socket[], done: () => void): void {
  const open = new Set(sockets.filter(({ closed }) => !closed));
  if (open.size === 0) {
    done();
    return;
  }
  const finish = (): void => {
    clearTimeout(timer);
    for (const socket of open) socket.removeListener("close", closed);
    open.clear();
    done();
  };
  // After a long block of this thread the timer is due before the sockets were looked at: they get one more turn.
  const timer = setTimeout(() => setImmediate(() => open.size > 0 && finish()), DRAIN_MS);
  function closed(this: Socket): void {
    open.delete(this);
    if (open.size === 0) finish();
  }
  for (const socket of open) socket.once("close", closed);
}
