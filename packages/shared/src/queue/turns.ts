/**
 * Promises of what is there already, that let the event loop turn now and then: a program that awaits one after the
 * other never gets to its timers, since promises come before them.
 */

/** How many are settled at once between two turns. */
const AT_ONCE = 1024;

const done = Promise.resolve();
let left = AT_ONCE;

export function settled<T>(value: T): Promise<T> {
  return --left > 0 ? Promise.resolve(value) : turn(value);
}

export function settledVoid(): Promise<void> {
  return --left > 0 ? done : turn(undefined);
}

function turn<T>(value: T): Promise<T> {
  left = AT_ONCE;
  return new Promise((resolve) => {
    setImmediate(resolve, value);
  });
}
