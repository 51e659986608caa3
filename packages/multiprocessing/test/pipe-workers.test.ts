import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { serialize } from "@concurrent-futures/core";
import { type Connection, Pipe, Pool, Process, type ProcessOptions } from "@concurrent-futures/multiprocessing";
import { Queue } from "@concurrent-futures/shared";
import { afterEach, expect, test } from "@jest/globals";
import * as tasks from "./fixtures/pipe-tasks.js";

const ENDED = { code: "ERR_END_OF_FILE" };
const started: Process[] = [];

function start<A extends readonly unknown[]>(options: ProcessOptions<A>): Process {
  const process = new Process({ ...options, daemon: true }) as unknown as Process;
  process.start();
  started.push(process);
  return process;
}

afterEach(async () => {
  for (const process of started.splice(0)) {
    if (process.isAlive()) process.kill();
    await process.join();
  }
});

for (const target of [tasks.echo, tasks.echoSync]) {
  test(`${target.name}: values go to a process and back, and it ends when this end is closed`, async () => {
    const [here, there] = Pipe();
    const process = start({ target, args: [there] });
    const values = [1, "text", { a: [1, 2] }, new RangeError("far"), new Float64Array(1024 * 1024).fill(1.5)];
    for (const value of values) await here.send(value);
    for (const value of values.slice(0, -1)) expect(await here.recv()).toEqual(value);
    const large = (await here.recv()) as Float64Array;
    expect([large.length, large[1024 * 1024 - 1]]).toEqual([1024 * 1024, 1.5]);
    here.close();
    await process.join();
    expect(process.exitCode).toBe(0);
  });
}

test("a process that ends is the end of its end, although this one never closed its copy", async () => {
  const [here, there] = Pipe<number>();
  const process = start({ target: tasks.sendAndEnd, args: [there, 100] });
  for (let i = 0; i < 100; i++) expect(await here.recv()).toBe(i);
  await expect(here.recv()).rejects.toMatchObject(ENDED);
  await process.join();
  expect(await here.poll()).toBe(true);
  await expect(here.send(1)).rejects.toMatchObject(ENDED);
});

test("closing the copy of an end that was passed on takes nothing from who gets it", async () => {
  const [here, there] = Pipe<unknown>();
  start({ target: tasks.echo, args: [there] });
  there.close();
  await here.send("hello");
  expect(await here.recv()).toBe("hello");
});

test("a process that is killed is the end of its end, for who waits and for who sends", async () => {
  for (let round = 0; round < 3; round++) {
    const [here, there] = Pipe<string>();
    const process = start({ target: tasks.sendAndHang, args: [there] });
    expect(await here.recv()).toBe("here");
    const waiting = here.recv();
    process.kill();
    await expect(waiting).rejects.toMatchObject(ENDED);
    await expect(here.send("anybody?")).rejects.toMatchObject(ENDED);
  }
});

test("a process that only received an end, and has ended, was the last that had it", async () => {
  const [here, there] = Pipe();
  start({ target: tasks.receiveOnly, args: [there] });
  await expect(here.recv()).rejects.toMatchObject(ENDED);
});

test("who used an end itself keeps it open when another that has it dies", async () => {
  const [here, there] = Pipe<string>();
  await there.send("first");
  const process = start({ target: tasks.sendAndHang, args: [there] });
  expect([await here.recv(), await here.recv()]).toEqual(["first", "here"]);
  process.kill();
  await process.join();
  await there.send("still here");
  expect(await here.recv()).toBe("still here");
  there.close();
  await expect(here.recv()).rejects.toMatchObject(ENDED);
});

test("an end travels through a queue", async () => {
  const [here, there] = Pipe<string>();
  const queue = new Queue<unknown>();
  const process = start({ target: tasks.receiveEnd, args: [queue as Queue<never>] });
  await queue.put(there);
  await here.send("it");
  expect(await here.recv()).toBe("got it");
  await process.join();
  await expect(here.recv()).rejects.toMatchObject(ENDED);
});

test("an end that is passed on from process to process belongs to the last", async () => {
  const [here, there] = Pipe<string>();
  const [queue, done] = [new Queue<unknown>(), new Queue<unknown>()];
  const first = start({ target: tasks.passOn, args: [there as never, queue, done] });
  const second = start({ target: tasks.receiveEnd, args: [queue as Queue<never>] });
  await here.send("it");
  expect(await here.recv()).toBe("got it");
  await done.put("go");
  await Promise.all([first.join(), second.join()]);
  await expect(here.recv()).rejects.toMatchObject(ENDED);
});

async function startThread(connection: Connection): Promise<Worker> {
  const worker = new Worker(new URL("./fixtures/pipe-thread.js", import.meta.url), {
    workerData: connection[serialize](),
  });
  await once(worker, "message");
  return worker;
}

test("values go to a thread and back, and it ends when this end is closed", async () => {
  const [here, there] = Pipe<unknown>();
  const worker = await startThread(there);
  await here.send({ a: 1 });
  expect(await here.recv()).toEqual({ a: 1 });
  const ended = once(worker, "exit");
  here.close();
  expect(await ended).toEqual([0]);
});

test("a thread that is terminated is the end of its end", async () => {
  const [here, there] = Pipe<unknown>();
  const worker = await startThread(there);
  await here.send(1);
  expect(await here.recv()).toBe(1);
  const waiting = here.recv();
  await Promise.all([worker.terminate(), expect(waiting).rejects.toMatchObject(ENDED)]);
});

test("a thread and a process talk to each other", async () => {
  const [one, other] = Pipe<unknown>();
  const worker = await startThread(one);
  const ended = once(worker, "exit");
  const process = start({ target: tasks.ask, args: [other, "who?"] });
  await Promise.all([ended, process.join()]);
  expect(process.exitCode).toBe(0);
});

test("tasks of a pool talk to each other", async () => {
  await using pool = new Pool({ processes: 2 });
  const [one, other] = Pipe<unknown>();
  const [question, answer] = await Promise.all([
    pool.apply(tasks.ask, [one, "who?"]),
    pool.apply(tasks.ask, [other, "you?"]),
  ]);
  expect([question, answer]).toEqual(["you?", "who?"]);
});
