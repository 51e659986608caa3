/** Several processes that each run hundreds of requests at once on their event loops. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { isMain, ProcessPoolExecutor } from "concurrent-futures";

/** An async task: while one request waits, its worker goes on with others. */
export async function fetchLength(url: string): Promise<number> {
  const response = await fetch(url, { headers: { "x-worker": String(process.pid) } });
  return (await response.text()).length;
}

/** A server that answers nobody until 500 requests are there, and counts how many of each worker it has at once. */
async function startServer() {
  const open = new Map<string, number>();
  const most = new Map<string, number>();
  let arrived = 0;
  let start = () => {};
  const started = new Promise<void>((resolve) => {
    start = resolve;
  });
  const server = createServer(async (request, response) => {
    const worker = String(request.headers["x-worker"]);
    const count = (open.get(worker) ?? 0) + 1;
    open.set(worker, count);
    most.set(worker, Math.max(count, most.get(worker) ?? 0));
    if (++arrived === 500) start();
    await started;
    open.set(worker, (open.get(worker) ?? 0) - 1);
    response.end("x".repeat(100));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { server, most, url: `http://127.0.0.1:${port}/` };
}

if (isMain(import.meta)) {
  const { server, most, url } = await startServer();
  const pool = new ProcessPoolExecutor({ maxWorkers: 2, tasksPerWorker: 250 });
  await pool.ready();

  const urls = Array.from({ length: 1000 }, (_, page) => `${url}?page=${page}`);
  const lengths = await Promise.all(urls.map((each) => pool.submit(fetchLength, each)));

  console.log("answers:", lengths.length);
  console.log(
    "bytes:",
    lengths.reduce((sum, length) => sum + length, 0),
  );
  console.log("processes:", most.size);
  console.log(
    "hundreds at once in each:",
    [...most.values()].every((count) => count >= 100),
  );

  await pool.shutdown();
  server.close();
}

// Output:
// answers: 1000
// bytes: 100000
// processes: 2
// hundreds at once in each: true
