/** Calls in a pool of processes, at once: each gives a result that can be asked for later. */
import { isMain, Pool } from "concurrent-futures";

export function greet(name: string): string {
  return `Hello, ${name}!`;
}

if (isMain(import.meta)) {
  await using pool = new Pool();
  const first = pool.applyAsync(greet, ["Ada"]);
  const second = pool.applyAsync(greet, ["Grace"]);
  console.log(await first.get());
  console.log(await second.get({ timeout: 60_000 }));
  console.log("both went well:", first.successful() && second.successful());
}

// Output:
// Hello, Ada!
// Hello, Grace!
// both went well: true
