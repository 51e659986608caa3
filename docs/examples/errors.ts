/** What a task throws arrives as it was thrown: class, message, fields and cause. */
import { isMain, ProcessPoolExecutor, WorkerCrashedError } from "concurrent-futures";

export class OutOfStockError extends Error {
  readonly item: string;
  readonly left: number;

  constructor(item: string, left: number, options?: ErrorOptions) {
    super(`Only ${left} of ${item} left`, options);
    this.item = item;
    this.left = left;
  }
}

export function order(item: string, count: number): string {
  if (count > 3) throw new OutOfStockError(item, 3, { cause: new RangeError(`${count} > 3`) });
  return `${count} × ${item}`;
}

export function crash(): never {
  process.exit(7);
}

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor({ maxWorkers: 1 });

  try {
    await pool.submit(order, "apple", 5);
  } catch (error) {
    if (!(error instanceof OutOfStockError)) throw error;
    console.log(error.message);
    console.log(error.item, error.left, error.cause instanceof RangeError);
    console.log("thrown in:", error.stack?.includes("order"));
  }

  // A worker that dies takes only the call that it was running with it.
  const [lost, kept] = await Promise.allSettled([pool.submit(crash), pool.submit(order, "pear", 2)]);
  if (lost.status === "rejected" && lost.reason instanceof WorkerCrashedError) {
    console.log(lost.reason.code, lost.reason.exitCode);
  }
  if (kept.status === "fulfilled") console.log(kept.value);

  await pool.shutdown();
}

// Output:
// Only 3 of apple left
// apple 3 true
// thrown in: true
// ERR_WORKER_CRASHED 7
// 2 × pear
