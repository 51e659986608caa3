import { fileURLToPath } from "node:url";
import workerpool from "workerpool";

const script = fileURLToPath(new URL("./worker.js", import.meta.url));
const pool = workerpool.pool(script, { maxWorkers: 2, workerType: "thread" });

console.log(await pool.exec("fibonacci", [20]));

const worker = await pool.proxy();
console.log(await worker.fibonacci(10));

console.log(await pool.exec((a, b) => a + b, [3, 4]));

console.log(await pool.exec("convert", [2], { on: (payload) => console.log(payload) }));

await pool
  .exec("endless")
  .timeout(100)
  .catch((error) => console.log(error.name));

const call = pool.exec("endless");
call.cancel();
await call.catch((error) => console.log("cancelled:", error instanceof workerpool.Promise.CancellationError));

await pool.terminate();
