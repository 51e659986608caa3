/** A service in a container: as many workers as it has CPUs, and an end in good order when it is told to stop. */
import { once } from "node:events";
import { cpuCount, type Future, isMain, ProcessPoolExecutor, taskContext } from "concurrent-futures";

export function convert(page: number): string {
  taskContext().progress("started");
  const end = performance.now() + 100;
  while (performance.now() < end); // stands for work
  return `page ${page}`;
}

const started = (future: Future<unknown>) => new Promise((resolve) => future.addProgressCallback(resolve));

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor({ maxWorkers: Math.min(cpuCount(), 8) });

  const stopped = once(process, "SIGTERM").then(async () => {
    console.log("stopping: no new work, what runs is finished");
    const overdue = setTimeout(() => pool.killWorkers(), 25_000); // Kubernetes would kill us after 30 s
    await pool.shutdown({ cancelFutures: true });
    clearTimeout(overdue);
    console.log("stopped");
  });

  const running = pool.submit(convert, 1);
  const waiting = Array.from({ length: 100 }, (_, page) => pool.submit(convert, page));
  await started(running);
  process.kill(process.pid, "SIGTERM"); // what the platform does

  await stopped;
  console.log("what ran:", await running);
  const outcomes = await Promise.allSettled(waiting);
  console.log(
    "some were cancelled:",
    outcomes.some(({ status }) => status === "rejected"),
  );
}

// Output:
// stopping: no new work, what runs is finished
// stopped
// what ran: page 1
// some were cancelled: true
