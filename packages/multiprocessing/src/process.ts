/**
 * Process: one call in a process of its own.
 *
 *   initial ──start()──► alive ──it exits──► ended ──close()──► closed
 *      └──────────────────close()───────────────────────────────┘
 *
 * P1  A start that fails leaves the process `initial`, and nothing running.
 * P2  The program is kept alive by a process that is alive and no daemon, and by whoever waits in join().
 * P3  However this process ends, its children end with it (process-executor's open-port.ts); a non-daemon keeps it from
 *     ending by itself, and that is all.
 */
import { constants } from "node:os";
import { clearTimeout, setTimeout } from "node:timers";
import { inspect } from "node:util";
import { type AnyTask, InvalidStateError } from "@concurrent-futures/core";
import { type HostOptions, processIdentity, startProcess } from "@concurrent-futures/process-executor/host";
import { checkNesting, requireDuration, type WorkerConnection, type WorkerExit } from "@concurrent-futures/worker-pool";
import { noteEnd, noteStart } from "./children.js";
import { encodeCall } from "./process-call.js";
import { entryPath } from "./process-entry.js";
import { checkProcessOptions, type ProcessOptions } from "./process-options.js";
import { requireBoolean, requireOptions, requireText } from "./validate.js";

type State =
  | { readonly name: "initial" }
  | { readonly name: "alive"; readonly connection: WorkerConnection }
  | { readonly name: "ended"; readonly pid: number; readonly exitCode: number }
  | { readonly name: "closed" };

/** Options of `join`. */
export interface JoinOptions {
  /** Milliseconds; when they are over, `join` returns although the process still runs. Default: none. */
  readonly timeout?: number;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;
let count = 0;

/**
 * Runs a function in a process of its own.
 *
 * ```ts
 * const process = new Process({ target: countTo, args: [1_000_000] });
 * process.start();
 * await process.join();
 * console.log(process.exitCode); // 0
 * ```
 *
 * Semantics: multiprocessing.Process, Python 3.14, with its "spawn" start method.
 */
export class Process<A extends readonly unknown[] = readonly unknown[]> {
  #state: State = { name: "initial" };
  #name: string;
  #daemon: boolean;
  readonly #target: AnyTask;
  #args: readonly unknown[]; // until it has ended: what they share must be there when the child takes it up
  readonly #host: HostOptions;
  readonly #path: readonly number[];
  #joining = 0; // how many wait in join()
  #ended: Promise<void> | undefined; // from start() on

  /** @throws {TypeError | RangeError} naming the option that is wrong */
  constructor(options: ProcessOptions<A>) {
    const { target, args, name, daemon, host } = checkProcessOptions(options);
    this.#path = [...processIdentity().path, ++count];
    this.#name = name ?? `Process-${this.#path.join(":")}`;
    this.#daemon = daemon;
    this.#target = target;
    this.#args = args;
    this.#host = host;
  }

  /** For people only; need not be unique. Semantics: multiprocessing.Process.name, Python 3.14. */
  get name(): string {
    return this.#name;
  }

  /** @throws {TypeError} it is no string */
  set name(name: string) {
    this.#name = requireText("name", name) ?? this.#name;
  }

  /**
   * Whether the program may end although this process still runs, which ends it too.
   * Semantics: multiprocessing.Process.daemon, Python 3.14.
   * Differs (D-50): a daemon may have children, which end with it.
   */
  get daemon(): boolean {
    return this.#daemon;
  }

  /**
   * @throws {InvalidStateError} it was started already
   * @throws {TypeError} it is no boolean
   */
  set daemon(daemon: boolean) {
    if (this.#state.name !== "initial")
      throw new InvalidStateError(`${this.#label} has started: it is too late for \`daemon\``);
    this.#daemon = requireBoolean("daemon", daemon) ?? this.#daemon;
  }

  /**
   * Process id; undefined before the start.
   * @throws {InvalidStateError} after close()
   * Semantics: multiprocessing.Process.pid, Python 3.14.
   */
  get pid(): number | undefined {
    const state = this.#unclosed();
    if (state.name === "alive") return state.connection.id;
    return state.name === "ended" ? state.pid : undefined;
  }

  /**
   * 0 after success, 1 after an error that nobody caught, what `process.exit` was given, -N after death by signal N;
   * undefined as long as it has not ended.
   * @throws {InvalidStateError} after close()
   * Semantics: multiprocessing.Process.exitcode, Python 3.14.
   */
  get exitCode(): number | undefined {
    const state = this.#unclosed();
    return state.name === "ended" ? state.exitCode : undefined;
  }

  /**
   * Whether it was started and its end has not been heard of. What happens while this thread is blocked is heard of later.
   * @throws {InvalidStateError} after close()
   * Semantics: multiprocessing.Process.is_alive, Python 3.14.
   */
  isAlive(): boolean {
    return this.#unclosed().name === "alive";
  }

  /**
   * Starts the process, which then has a `pid`. The arguments are read now.
   *
   * @throws {InvalidStateError} it was started before, or closed
   * @throws {TaskReferenceError} the target cannot be found from another process; the message says what to do
   * @throws {SerializationError} an argument cannot be sent
   * @throws {ExecutorError} a module starts it while a process imports that module
   * @throws {Error} the system refuses
   * Semantics: multiprocessing.Process.start, Python 3.14.
   */
  start(): void {
    const state = this.#unclosed();
    if (state.name !== "initial")
      throw new InvalidStateError(`${this.#label} was started before; make another Process`);
    checkNesting();
    const messages = encodeCall(this.#target, this.#args); // before there is anything to clean up (P1)
    const identity = { name: this.#name, daemon: this.#daemon, path: this.#path };
    const connection = startProcess({ entry: entryPath, identity, options: this.#host });
    this.#state = { name: "alive", connection };
    noteStart(this);
    this.#ended = new Promise((resolve) => {
      connection.listen({
        wake() {},
        message() {},
        exit: (exit) => {
          this.#state = { name: "ended", pid: connection.id, exitCode: codeOf(exit) };
          this.#args = [];
          noteEnd(this);
          resolve();
        },
      });
    });
    for (const { bytes, extras } of messages) connection.post(bytes, extras);
    this.#hold(connection);
  }

  /**
   * Waits for the process to end, as long as `timeout` says. May be called again.
   *
   * Rejects with `InvalidStateError` (ERR_INVALID_STATE) before the start and after close(), and with
   * `TypeError`/`RangeError` for a wrong `timeout`.
   * Semantics: multiprocessing.Process.join, Python 3.14.
   */
  async join(options: JoinOptions = {}): Promise<void> {
    const timeout =
      requireDuration("timeout", requireOptions(options, ["timeout"]).timeout) ?? Number.POSITIVE_INFINITY;
    const state = this.#unclosed();
    if (this.#ended === undefined) throw new InvalidStateError(`${this.#label} cannot be joined before it is started`);
    if (state.name !== "alive") return;
    this.#joining += 1;
    this.#hold(state.connection);
    try {
      await within(this.#ended, timeout);
    } finally {
      this.#joining -= 1;
      if (this.#state === state) this.#hold(state.connection);
    }
  }

  /**
   * Ends the process with SIGTERM, if it has not ended.
   * @throws {InvalidStateError} before the start and after close()
   * Semantics: multiprocessing.Process.terminate, Python 3.14.
   */
  terminate(): void {
    const state = this.#started();
    if (state.name === "alive") state.connection.terminate();
  }

  /**
   * Ends the process with SIGKILL, if it has not ended.
   * @throws {InvalidStateError} before the start and after close()
   * Semantics: multiprocessing.Process.kill, Python 3.14.
   */
  kill(): void {
    const state = this.#started();
    if (state.name === "alive") state.connection.kill();
  }

  /**
   * Says that this object is needed no more: all but its name and `daemon` is refused afterwards. Never needed.
   * @throws {InvalidStateError} it is still alive
   * Semantics: multiprocessing.Process.close, Python 3.14.
   */
  close(): void {
    if (this.#state.name === "alive") {
      throw new InvalidStateError(`${this.#label} is still running: join or terminate it before closing it`);
    }
    this.#state = { name: "closed" };
  }

  [inspect.custom](): string {
    const state = this.#state;
    const pid = state.name === "alive" ? ` pid=${state.connection.id}` : "";
    const exit = state.name === "ended" ? ` pid=${state.pid} exitCode=${state.exitCode}` : "";
    return `Process <${this.#name} ${state.name}${pid}${exit}${this.#daemon ? " daemon" : ""}>`;
  }

  get #label(): string {
    return `Process \`${this.#name}\``;
  }

  #unclosed(): State {
    if (this.#state.name === "closed") throw new InvalidStateError(`${this.#label} was closed`);
    return this.#state;
  }

  #started(): State {
    const state = this.#unclosed();
    if (state.name === "initial") throw new InvalidStateError(`${this.#label} has not been started`);
    return state;
  }

  /** P2. */
  #hold(connection: WorkerConnection): void {
    if (!this.#daemon || this.#joining > 0) connection.ref();
    else connection.unref();
  }
}

/** Resolves when `ended` does, or after `timeout` ms. */
async function within(ended: Promise<void>, timeout: number): Promise<void> {
  if (timeout > LONGEST_TIMER_MS) return ended;
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout);
  });
  await Promise.race([ended, over]);
  clearTimeout(timer);
}

function codeOf({ exitCode, signal }: WorkerExit): number {
  return exitCode ?? -(constants.signals[signal as NodeJS.Signals] ?? 1);
}
