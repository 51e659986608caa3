/** Code that is to be tested: it takes an executor, and its task is a function of its own. */
import { type Executor, taskContext } from "concurrent-futures";

export interface Invoice {
  readonly customer: string;
  readonly cents: number;
}

/** The task: a plain function, which can be tested by calling it. */
export function readInvoice(line: string): Invoice {
  const [customer = "", amount = "?"] = line.split(";");
  const cents = Math.round(Number(amount) * 100);
  if (Number.isNaN(cents)) throw new RangeError(`No amount in ${JSON.stringify(line)}`);
  taskContext().progress(customer); // outside of a task this does nothing
  return { customer, cents };
}

/** What uses it: whoever calls it decides where the work is done. */
export async function totalOf(lines: Iterable<string>, executor: Executor): Promise<number> {
  let total = 0;
  for await (const { cents } of executor.map(readInvoice, lines)) total += cents;
  return total;
}
