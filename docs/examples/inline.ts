/** Functions that are not exported: their source is sent, and what they use must be sent along by name. */
import { inline, isMain, ThreadPoolExecutor } from "concurrent-futures";

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const percent = 20;

  // Uses nothing from around it: can be submitted as it is.
  console.log(await pool.submit((price: number) => price * 2, 100));

  // Uses `percent`, which a worker does not have.
  const addTax = (price: number) => price + (price * percent) / 100;
  await pool.submit(addTax, 100).catch((error) => console.log(error.code, error.message.includes("percent")));

  // So send it along.
  console.log(await pool.submit(inline(addTax, { captures: { percent } }), 100));
  await pool.shutdown();
}

// Output:
// 200
// ERR_TASK_REFERENCE true
// 120
