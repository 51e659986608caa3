/** A redis-server of a test's own: on a free loopback port, with a password and a directory of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** Whether there is a redis-server on this machine. On CI there has to be one. */
export const hasRedis = process.env["CI"] === "true" || spawnSync("redis-server", ["--version"]).status === 0;

/** What is said where there is none. */
export const SKIPPED = "skipped: there is no redis-server on this machine (Debian: apt-get install redis-server)";

export interface RedisServerOptions {
  /** Whether every write is on disk before it is answered. Default: nothing is kept. */
  readonly durable?: boolean;
  /** Further lines for redis.conf. */
  readonly config?: readonly string[];
}

export class RedisServer {
  readonly password: string = randomBytes(24).toString("hex");
  readonly folder: string = mkdtempSync(join(tmpdir(), "bullmq-executor-redis-"));
  readonly #options: RedisServerOptions;
  #port = 0; // while it has none
  #process: ChildProcess | undefined;
  #gone: Promise<unknown> = Promise.resolve();

  private constructor(options: RedisServerOptions) {
    this.#options = options;
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(options);
    await server.start();
    return server;
  }

  get port(): number {
    return this.#port;
  }

  /** For `connection` options. */
  get connection(): { host: string; port: number; password: string } {
    return { host: "127.0.0.1", port: this.port, password: this.password };
  }

  /** Starts it, after `kill` on the same port again, and resolves when it answers. */
  async start(): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const port = this.#port || (await freePort());
      if (!(await this.#startOn(port))) continue; // somebody else was there first
      this.#port = port;
      return;
    }
    throw new Error(`redis-server did not start in ${MOST_TRIES} tries: ${this.#log()}`);
  }

  async kill(signal: "SIGTERM" | "SIGKILL" = "SIGKILL"): Promise<void> {
    this.#process?.kill(signal);
    await this.#gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A client for what a test does behind everybody's back. */
  client(): Redis {
    const client = new Redis({ ...this.connection, lazyConnect: false });
    client.on("error", () => {});
    return client;
  }

  async #startOn(port: number): Promise<boolean> {
    const durable = this.#options.durable === true;
    const config = [
      `port ${port}`,
      "bind 127.0.0.1",
      `requirepass ${this.password}`,
      `dir ${this.folder}`,
      `logfile ${join(this.folder, LOG)}`,
      'save ""',
      `appendonly ${durable ? "yes" : "no"}`,
      "appendfsync always",
      ...(this.#options.config ?? []),
    ];
    const file = join(this.folder, "redis.conf");
    writeFileSync(file, `${config.join("\n")}\n`);
    const server = spawn("redis-server", [file], { stdio: "ignore" });
    this.#process = server;
    let over = false;
    this.#gone = new Promise<void>((resolve) => {
      const end = () => {
        over = true;
        resolve();
      };
      server.once("exit", end).once("error", end);
    });
    const client = new Redis({
      host: "127.0.0.1",
      port,
      password: this.password,
      enableOfflineQueue: false,
      retryStrategy: () => 20,
    });
    client.on("error", () => {});
    let answer = "";
    while (!over && answer !== "PONG") {
      await new Promise((resolve) => setTimeout(resolve, 20));
      answer = await client.ping().catch((error: Error) => error.message); // not there yet, or LOADING
    }
    client.disconnect();
    return answer === "PONG";
  }

  #log(): string {
    const file = join(this.folder, LOG);
    return existsSync(file) ? readFileSync(file, "utf8").slice(-500) : "it cannot be run";
  }
}

const LOG = "redis.log";
const MOST_TRIES = 20;
/** Where Linux and others take no ports for outgoing connections, which would be there by chance when a server is to be. */
const [FIRST_PORT, PORTS] = [16_000, 16_000];

/** Free when it was looked at. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + randomInt(PORTS);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
