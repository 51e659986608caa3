import { Pool, spawn, Thread, Transfer, Worker } from "threads";

const thread = await spawn(new Worker("./worker.js"));
console.log(await thread.fibonacci(20));

await new Promise((done) => thread.countTo(3).subscribe({ next: (n) => console.log("counted", n), complete: done }));

const { buffer } = new Uint8Array(100);
console.log(await thread.length(Transfer(buffer)), buffer.byteLength);
await Thread.terminate(thread);

const pool = Pool(() => spawn(new Worker("./worker.js")), 2);
const calls = [5, 10, 15].map((n) => pool.queue((worker) => worker.fibonacci(n)));
await pool.completed();
console.log(await Promise.all(calls));
await pool.terminate();
