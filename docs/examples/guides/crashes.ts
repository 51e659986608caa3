/** Workers that die: what their calls are told, calls that run again, and pools that break. */
import { isMain, ProcessPoolExecutor, ThreadPoolExecutor, Value, WorkerCrashedError } from "concurrent-futures";

/** Dies at the first attempts; stands for native code that crashes now and then. */
export function flaky(attempts: Value<"int32">, deaths: number): string {
  if (attempts.add(1) < deaths) process.kill(process.pid, "SIGKILL");
  return `done at attempt ${attempts.value}`;
}

export const square = (x: number): number => x * x;

export function connect(url: string): void {
  throw new Error(`No connection to ${url}`);
}

/** Fails in the background: nobody awaits its promise. */
export async function forgetful(): Promise<string> {
  void Promise.reject(new Error("Forgotten"));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return "never returned";
}

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor({ maxWorkers: 1 });

  const lost = pool.submit(flaky, new Value("int32"), 1);
  const waiting = pool.submit(square, 7);
  await lost.catch((error) => {
    if (!(error instanceof WorkerCrashedError)) throw error;
    console.log(error.code, error.exitCode, error.signal, error.message.replace(/ \(pid \d+\)/, ""));
  });
  console.log("a call that waited:", await waiting);

  console.log("with retries:", await pool.with({ retries: 2 }).submit(flaky, new Value("int32"), 2));

  await pool.submit(forgetful).catch((error) => console.log("in the background:", error.message));
  await pool.shutdown();

  // Python's way: one crash breaks the pool.
  const strict = new ProcessPoolExecutor({ maxWorkers: 1, onWorkerCrash: "break" });
  const calls = [strict.submit(flaky, new Value("int32"), 1), strict.submit(square, 7)];
  for (const { reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[]) {
    console.log(reason.code, "because of", reason.cause.code);
  }
  await strict.shutdown();

  // An initializer that fails breaks the pool as well: none of its workers could work.
  const unready = new ThreadPoolExecutor({ initializer: connect, initArgs: ["db:5432"] });
  await unready.ready().catch((error) => console.log(error.code, "because of:", error.cause.message));
  await unready.shutdown();
}

// Output:
// ERR_WORKER_CRASHED undefined SIGKILL The worker process 1 was ended by SIGKILL while it ran `flaky`
// a call that waited: 49
// with retries: done at attempt 3
// in the background: Forgotten
// ERR_BROKEN_PROCESS_POOL because of ERR_WORKER_CRASHED
// ERR_BROKEN_PROCESS_POOL because of ERR_WORKER_CRASHED
// ERR_BROKEN_THREAD_POOL because of: No connection to db:5432
