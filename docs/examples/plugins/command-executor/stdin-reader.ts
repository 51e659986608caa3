/** The thread of a worker that reads its stdin, and ends the process with it. */
import { writeSync } from "node:fs";
import { Socket } from "node:net";
import { parentPort } from "node:worker_threads";
import { readHello } from "./hello.js";
import { MessageReader } from "./messages.js";

const stdin = new Socket({ fd: 0, writable: false });
let line = Buffer.alloc(0); // until the first line is there
let messages: MessageReader | undefined; // from then on

stdin.on("data", (chunk: Buffer) => {
  if (messages !== undefined) {
    messages.push(chunk);
    return;
  }
  line = Buffer.concat([line, chunk]);
  const end = line.indexOf("\n");
  if (end >= 0) begin(line.subarray(0, end).toString(), line.subarray(end + 1));
});
stdin.on("error", () => {}); // "close" follows
stdin.on("close", () => process.kill(process.pid, "SIGKILL")); // the pool is gone

function begin(hello: string, rest: Buffer): void {
  try {
    const token = readHello(hello);
    messages = new MessageReader(token, tell, lost);
    tell(token);
    messages.push(rest);
  } catch (error) {
    giveUp(`This is the worker of a CommandExecutor, which starts it; its first line was wrong: ${error}`);
  }
}

function tell(bytes: Buffer): void {
  const own = new Uint8Array(bytes); // a Buffer may lie in memory that others use too
  parentPort?.postMessage(own, [own.buffer]);
}

/** Bytes are missing: a task, or what it has started, has read them. */
function lost(): void {
  giveUp("The worker lost the connection to its pool: something else has read from its stdin");
}

function giveUp(why: string): void {
  writeSync(2, `${why}\n`);
  process.kill(process.pid, "SIGKILL");
}
