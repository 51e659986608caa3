/** Memory that workers share with each other and with the caller: an array, a counter, a queue, a lock. */
import { isMain, Lock, ProcessPoolExecutor, Queue, SharedArray, ThreadPoolExecutor, Value } from "concurrent-futures";

const WIDTH = 640;
const HEIGHT = 480;

/** Draws one row of an image that all workers draw at once, each its own rows: no lock is needed. */
export function drawRow(pixels: SharedArray<"uint8">, row: number, done: Value<"int32">): void {
  for (let x = 0; x < WIDTH; x++) pixels.array[row * WIDTH + x] = (x ^ row) & 255;
  done.add(1); // atomic
}

/** Two variables that belong together need the lock: nobody else may see one changed and the other not. */
export function deposit(account: SharedArray<"float64">, amount: number): void {
  using _ = account.getLock().acquireSync();
  account.array[0] = account.get(0) + amount;
  account.array[1] = account.get(1) + 1;
}

/** Tells results while it goes on. */
export async function produce(queue: Queue<string>, name: string): Promise<void> {
  for (let i = 1; i <= 2; i++) await queue.put(`${name} ${i}`);
}

export function dieWith(lock: Lock): void {
  lock.acquireSync();
  process.kill(process.pid, "SIGKILL");
}

export function firstByte(memory: SharedArrayBuffer): number {
  return Atomics.add(new Uint8Array(memory), 0, 1);
}

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor({ maxWorkers: 2 });

  const pixels = new SharedArray("uint8", WIDTH * HEIGHT);
  const done = new Value("int32");
  const rows = Array.from({ length: HEIGHT }, (_, row): [typeof pixels, number, typeof done] => [pixels, row, done]);
  await pool.starmap(drawRow, rows);
  console.log(`${done.value} rows, the last pixel is ${pixels.get(WIDTH * HEIGHT - 1)}`);

  const account = new SharedArray("float64", [0, 0]);
  await Promise.all(Array.from({ length: 50 }, () => pool.submit(deposit, account, 2)));
  console.log(`balance ${account.get(0)} after ${account.get(1)} deposits`);

  const queue = new Queue<string>({ maxSize: 10 });
  const producing = pool.submit(produce, queue, "item");
  console.log(await queue.get(), await queue.get());
  await producing;

  const lock = new Lock();
  await pool.submit(dieWith, lock).catch((error) => console.log(error.code));
  {
    using guard = await lock.acquire({ timeout: 30_000 });
    console.log("the lock is ours, abandoned:", guard.abandoned);
  }
  await pool.shutdown();

  // Threads also share what the platform shares.
  const threads = new ThreadPoolExecutor({ maxWorkers: 1 });
  const memory = new SharedArrayBuffer(1);
  await threads.submit(firstByte, memory);
  console.log("a SharedArrayBuffer:", new Uint8Array(memory)[0]);
  await threads.shutdown();
}

// Output:
// 480 rows, the last pixel is 160
// balance 100 after 50 deposits
// item 1 item 2
// ERR_WORKER_CRASHED
// the lock is ours, abandoned: true
// a SharedArrayBuffer: 1
