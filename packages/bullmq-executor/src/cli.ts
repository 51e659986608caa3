#!/usr/bin/env node
/**
 * concurrent-futures-worker: a BullMQWorker for those who need no file of their own.
 *
 *   concurrent-futures-worker --queue reports --tasks ./tasks.js
 *
 * Keys come from CONCURRENT_FUTURES_KEYS and Redis's address from REDIS_URL, so that no secret is on a command line,
 * which every user of the machine can read.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { Executor } from "@concurrent-futures/core";
import { ProcessPoolExecutor } from "@concurrent-futures/process-executor";
import { ThreadPoolExecutor } from "@concurrent-futures/thread-executor";
import { BullMQWorker } from "./bullmq-worker.js";

const USAGE = `Usage: concurrent-futures-worker --queue NAME --tasks FILE [--tasks NAME=FILE ...]

  --queue NAME         the queue to take jobs from
  --tasks FILE         a module whose exported functions may be run; submitters name it as given here.
                       NAME=FILE says by another name
  --redis URL          default: REDIS_URL in the environment, or redis://127.0.0.1:6379
  --prefix NAME        of all keys in Redis; default bull
  --concurrency N      calls at once; default: one for each processor
  --threads            run tasks in threads instead of processes
  --unsigned           take unsigned jobs: whoever can write to Redis can run any of the functions
  --help

Environment: CONCURRENT_FUTURES_KEYS (id:secret, with commas between several), REDIS_URL.
SIGTERM: takes no more jobs, and exits when those that it has are done.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      queue: { type: "string" },
      tasks: { type: "string", multiple: true },
      redis: { type: "string", default: process.env["REDIS_URL"] ?? "redis://127.0.0.1:6379" },
      prefix: { type: "string", default: "bull" },
      concurrency: { type: "string" },
      threads: { type: "boolean", default: false },
      unsigned: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  if (values.queue === undefined || values.tasks === undefined) throw new TypeError("--queue and --tasks are needed");
  const maxWorkers = values.concurrency === undefined ? undefined : Number(values.concurrency);
  const size = maxWorkers === undefined ? {} : { maxWorkers };
  const pool: Executor = values.threads ? new ThreadPoolExecutor(size) : new ProcessPoolExecutor(size);
  await using worker = new BullMQWorker({
    queue: values.queue,
    connection: values.redis,
    prefix: values.prefix,
    tasks: await importAll(values.tasks),
    pool,
    unsigned: values.unsigned,
    ...(maxWorkers === undefined ? {} : { concurrency: maxWorkers }),
  });
  await worker.ready();
  console.log(`concurrent-futures-worker: takes jobs from ${values.queue}`);
  await worker.run();
}

async function importAll(specifiers: readonly string[]): Promise<Record<string, object>> {
  const modules: Record<string, object> = {};
  for (const specifier of specifiers) {
    const equals = specifier.indexOf("=");
    const file = specifier.slice(equals + 1);
    modules[equals === -1 ? file : specifier.slice(0, equals)] = await import(pathToFileURL(resolve(file)).href);
  }
  return modules;
}

try {
  await main();
} catch (error) {
  console.error(`concurrent-futures-worker: ${(error as Error).message}\n\n${USAGE}`);
  process.exitCode = 2;
}
