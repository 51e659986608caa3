/** Two processes that count at once: on two cores, both take no longer than the longer one. */
import { isMain, Process } from "concurrent-futures";

export function count(name: string, limit: number): void {
  let counter = 0;
  while (counter < limit) counter++;
  console.log(`${name} counted to ${counter}`);
}

if (isMain(import.meta)) {
  const shorter = new Process({ target: count, args: ["the first", 1_000_000] });
  const longer = new Process({ target: count, args: ["the second", 50_000_000] });
  shorter.start();
  longer.start();
  await shorter.join();
  await longer.join();
  console.log("exit codes:", shorter.exitCode, longer.exitCode);
}

// Output:
// the first counted to 1000000
// the second counted to 50000000
// exit codes: 0 0
