/** What a test file has to do with: a redis-server for all of its tests, a folder for each, and what is undone after it. */
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "@jest/globals";
import type { Redis } from "ioredis";
import { Deployed, type Deployment } from "./deployed.js";
import { type Program, Scratch } from "./programs.js";
import { hasRedis, RedisServer, SKIPPED } from "./redis-server.js";

/** Tests that need a redis-server. Where there is none, one line says so: Jest only counts what it skips. */
export function describeWithRedis(title: string, register: () => void): void {
  if (hasRedis) return void describe(title, register);
  process.stdout.write(`    ${title}: ${SKIPPED}\n`);
  describe.skip(`${title} (${SKIPPED})`, register);
}

export class Stage {
  readonly #cleanUps: (() => unknown)[] = [];
  #server: RedisServer | undefined;
  #scratch: Scratch | undefined;

  constructor() {
    beforeAll(async () => {
      this.#server = await RedisServer.start();
    });
    afterAll(() => this.#server?.stop());
    beforeEach(() => {
      this.#scratch = new Scratch();
    });
    afterEach(async () => {
      for (const cleanUp of this.#cleanUps.splice(0).reverse()) await cleanUp();
      this.#scratch?.remove();
    });
  }

  get server(): RedisServer {
    if (this.#server === undefined) throw new Error("There is no server before the tests");
    return this.#server;
  }

  get scratch(): Scratch {
    if (this.#scratch === undefined) throw new Error("There is no folder before a test");
    return this.#scratch;
  }

  /** What is to be done when the test is over, the last first. */
  later(cleanUp: () => unknown): void {
    this.#cleanUps.push(cleanUp);
  }

  /** Kills the program when the test is over, if it still runs. */
  keep(program: Program): Program {
    this.later(() => {
      program.kill("SIGKILL");
      return program.ended;
    });
    return program;
  }

  client(): Redis {
    const client = this.server.client();
    this.later(() => client.disconnect());
    return client;
  }

  deploy(deployment: Partial<Deployment> = {}): Deployed {
    const deployed = new Deployed({ connection: this.server.connection, ...deployment });
    this.later(() => deployed.shutdown({ cancelFutures: true }));
    return deployed;
  }
}
