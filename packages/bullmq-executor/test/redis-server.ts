/** A redis-server of a test's own: on a free loopback port, with a password and a directory of its own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";

/** Whether there is a redis-server on this machine. On CI there has to be one. */
export const hasRedis = process.env["CI"] === "true" || spawnSync("redis-server", ["--version"]).status === 0;

/** What a test file says where there is none. */
export const SKIPPED = "skipped: there is no redis-server on this machine (Debian: apt-get install redis-server)";

export interface RedisServerOptions {
  /** Whether every write is on disk before it is answered. Default: nothing is kept. */
  readonly durable?: boolean;
  /** Further lines for redis.conf. */
  readonly config?: readonly string[];
}

export class RedisServer {
  readonly port: number;
  readonly password: string = randomBytes(24).toString("hex");
  readonly folder: string = mkdtempSync(join(tmpdir(), "bullmq-executor-redis-"));
  readonly #options: RedisServerOptions;
  #process: ChildProcess | undefined;

  private constructor(port: number, options: RedisServerOptions) {
    this.port = port;
    this.#options = options;
  }

  static async start(options: RedisServerOptions = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  /** For `connection` options. */
  get connection(): { host: string; port: number; password: string } {
    return { host: "127.0.0.1", port: this.port, password: this.password };
  }

  /** Starts it, again after `kill`, and resolves when it answers. */
  async start(): Promise<void> {
    const durable = this.#options.durable === true;
    const config = [
      `port ${this.port}`,
      "bind 127.0.0.1",
      `requirepass ${this.password}`,
      `dir ${this.folder}`,
      'save ""',
      `appendonly ${durable ? "yes" : "no"}`,
      "appendfsync always",
      ...(this.#options.config ?? []),
    ];
    const file = join(this.folder, "redis.conf");
    writeFileSync(file, `${config.join("\n")}\n`);
    this.#process = spawn("redis-server", [file], { stdio: "ignore" });
    await this.#answers();
  }

  async kill(signal: "SIGTERM" | "SIGKILL" = "SIGKILL"): Promise<void> {
    const server = this.#process;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill(signal);
    await gone;
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

  async #answers(): Promise<void> {
    const client = new Redis({ ...this.connection, maxRetriesPerRequest: null, retryStrategy: () => 20 });
    client.on("error", () => {});
    for (;;) {
      const answer = await client.ping().catch((error: Error) => error.message); // LOADING
      if (answer === "PONG") break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    client.disconnect();
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
