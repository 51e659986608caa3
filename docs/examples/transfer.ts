/** Handing a buffer over to a thread instead of copying it. */
import { isMain, ThreadPoolExecutor } from "concurrent-futures";

export function mean(samples: Float64Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample;
  return sum / samples.length;
}

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor();
  const samples = new Float64Array(1_000_000).fill(0.5);

  console.log("copied:", await pool.submit(mean, samples), samples.length);

  const transferring = pool.with({ transfer: [samples.buffer] });
  console.log("transferred:", await transferring.submit(mean, samples), samples.length);
  await pool.shutdown();
}

// Output:
// copied: 0.5 1000000
// transferred: 0.5 0
