/** A task reports how far it is; every report arrives before the result. */
import { isMain, ThreadPoolExecutor, taskContext } from "concurrent-futures";

export function countPrimes(limit: number): number {
  const context = taskContext();
  let primes = 0;
  for (let n = 2; n <= limit; n++) {
    let isPrime = true;
    for (let d = 2; d * d <= n && isPrime; d++) isPrime = n % d !== 0;
    if (isPrime) primes++;
    if ((4 * n) % limit === 0) context.progress((100 * n) / limit);
  }
  return primes;
}

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor();
  const future = pool.submit(countPrimes, 100_000);
  future.addProgressCallback((percent) => console.log(`${percent} %`));
  console.log(`${await future} primes`);
  await pool.shutdown();
}

// Output:
// 25 %
// 50 %
// 75 %
// 100 %
// 9592 primes
