/** What cannot be submitted, and what is said then. */
import { importTasks, isMain, ThreadPoolExecutor } from "concurrent-futures";

export class Report {
  readonly title: string;
  constructor(title: string) {
    this.title = title;
  }
  print(): string {
    return this.title;
  }
}

const rate = 1.2;
const withTax = (price: number) => price * rate;
const whereAmI = () => import.meta.url;

if (isMain(import.meta)) {
  const pool = new ThreadPoolExecutor({ maxWorkers: 1 });
  const none = importTasks<{ nothing(): void }>(new URL("./refusals.js", import.meta.url));

  /** Prints the error's message, a line for each sentence, without the file's path. */
  const refused = (error: Error & { code?: string }) => {
    const message = error.message.replaceAll(/[^\s(]*[/\\](refusals\.js)/g, "$1").replaceAll(/\. (?=[A-Z])/g, ".\n  ");
    console.log(`${error.code}: ${message}`);
  };

  await pool.submit(withTax, 100).catch(refused);
  await pool.submit(whereAmI).catch(refused);
  await pool.submit(new Report("Sales").print).catch(refused);
  await pool.submit(Report as never).catch(refused);
  await pool.submit(withTax.bind(null, 100)).catch(refused);
  await pool.submit(none.nothing).catch(refused);
  await pool.submit(String, { print: () => "no function can be sent" }).catch(refused);
  await pool.shutdown();
}

// Output:
// ERR_TASK_REFERENCE: Cannot send "withTax" (refusals.js:13) to a worker: it is not exported, and it uses `rate` (line 12) from around it.
//   Export it from its module (if a bundler put it here: from the entry, as a bundle exports nothing else), or pass what it uses as arguments, or send that along: inline(withTax, { captures: { rate } }).
// ERR_TASK_REFERENCE: Cannot send "whereAmI" (refusals.js:14) to a worker: it is not exported, and it uses `import.meta`, which would mean nothing there.
//   Export it from its module (if a bundler put it here: from the entry, as a bundle exports nothing else).
// ERR_TASK_REFERENCE: Cannot send "print" (refusals.js:8) to a worker: it is not exported, and it uses `this`, which would mean nothing there.
//   Export a function that calls it, and submit that.
// ERR_TASK_REFERENCE: Cannot send "Report" (refusals.js:3) to a worker: it is a class, and a task must be a function.
//   Submit a function that makes the object there, or a static method.
// ERR_TASK_REFERENCE: Cannot send "bound withTax" to a worker: it is a bound function that no module exports.
//   Use partial(fn, ...args) instead of bind().
// ERR_TASK_REFERENCE: Module refusals.js has no export named "nothing"; it exports Report.
//   Export it there, or correct the name.
// ERR_SERIALIZATION: Cannot send args[0].print: it is a function (print), and functions do not travel as values.
//   Send the data that it works on, or export it from a module that the task imports
