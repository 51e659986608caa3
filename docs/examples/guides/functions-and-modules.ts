/** The ways in which a function can be submitted. */
import { availableParallelism } from "node:os";
import {
  deserialize,
  importTasks,
  inline,
  isMain,
  ProcessPoolExecutor,
  partial,
  serialize,
  task,
} from "concurrent-futures";

export const square = (x: number): number => x * x;

/** Exported by another name. */
function cubeOf(x: number): number {
  return x * square(x);
}

export { cubeOf as cube };

/** A static method is found with its class. */
export class Circle {
  readonly radius: number;
  constructor(radius: number) {
    this.radius = radius;
  }
  static area(radius: number): number {
    return Math.round(Math.PI * square(radius));
  }
}

/** Made by another function, so it says itself where it is found. */
const logged = <A extends unknown[], R>(fn: (...args: A) => R) => {
  return (...args: A): R => fn(...args);
};
export const half = task(
  import.meta.url,
  "half",
  logged((x: number) => x / 2),
);

/** An instance crosses as itself, because it says how. */
export class Money {
  readonly cents: number;
  readonly currency: string;

  constructor(cents: number, currency: string) {
    this.cents = cents;
    this.currency = currency;
  }
  [serialize](): [number, string] {
    return [this.cents, this.currency];
  }
  static [deserialize]([cents, currency]: [number, string]): Money {
    return new Money(cents, currency);
  }
  toString(): string {
    return `${this.cents / 100} ${this.currency}`;
  }
}

export function double(price: Money): Money {
  return new Money(2 * price.cents, price.currency);
}

if (isMain(import.meta)) {
  const pool = new ProcessPoolExecutor({ maxWorkers: 1 });

  console.log("exported:", await pool.submit(square, 6), await pool.submit(cubeOf, 3));
  console.log("a static method:", await pool.submit(Circle.area, 2));

  console.log("not exported:", await pool.submit((a: number, b: number) => a + b, 20, 22));

  const offset = 100;
  const shift = (x: number) => x + offset;
  console.log("with what it uses:", await pool.submit(inline(shift, { captures: { offset } }), 11));

  console.log("with bound arguments:", await pool.submit(partial(shiftBy, 1000), 11));

  console.log("made by another function:", await pool.submit(half, 84));

  const url = new URL("./modules/text-tasks.js", import.meta.url);
  const text = importTasks<typeof import("./modules/text-tasks.js")>(url);
  console.log("of a module that is not loaded here:", await pool.submit(text.countWords, "to be or not to be"));

  console.log("Node's own:", await pool.submit(Math.max, 3, 9, 4), (await pool.submit(availableParallelism)) > 0);

  const price = await pool.submit(double, new Money(1250, "EUR"));
  console.log("an instance:", price instanceof Money, String(price));
  await pool.shutdown();
}

export function shiftBy(offset: number, x: number): number {
  return x + offset;
}

// Output:
// exported: 36 27
// a static method: 13
// not exported: 42
// with what it uses: 111
// with bound arguments: 1011
// made by another function: 42
// of a module that is not loaded here: 6
// Node's own: 9 true
// an instance: true 25 EUR
