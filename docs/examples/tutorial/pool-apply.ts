/** Calls in a pool of processes, one after the other. */
import { isMain, Pool } from "concurrent-futures";

export function greet(name: string): string {
  return `Hello, ${name}!`;
}

if (isMain(import.meta)) {
  await using pool = new Pool();
  console.log(await pool.apply(greet, ["Ada"]));
  console.log(await pool.apply(greet, ["Grace"]));
}

// Output:
// Hello, Ada!
// Hello, Grace!
