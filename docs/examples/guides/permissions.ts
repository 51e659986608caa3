/** Workers that may read one directory and do nothing else, whatever their tasks try. */
import { fileURLToPath } from "node:url";
import { importTasks, isMain, ProcessPoolExecutor } from "concurrent-futures";

if (isMain(import.meta)) {
  const modules = new URL("./modules/", import.meta.url);
  const tasks = importTasks<typeof import("./modules/text-tasks.js")>(new URL("text-tasks.js", modules));

  const pool = new ProcessPoolExecutor({
    maxWorkers: 1,
    permission: { fsRead: [modules] }, // the modules of the tasks must be among what may be read
    stderr: "ignore", // older versions of Node warn that permissions are an experiment
  });
  console.log("a string:", await pool.submit(tasks.countWords, "to be or not to be"));

  const allowed = fileURLToPath(new URL("text-tasks.js", modules));
  console.log("what it may read:", (await pool.submit(tasks.countWordsIn, allowed)) > 0);

  const denied = fileURLToPath(import.meta.url);
  await pool.submit(tasks.countWordsIn, denied).catch((error) => console.log("anything else:", error.code));
  await pool.shutdown();
}

// Output:
// a string: 6
// what it may read: true
// anything else: ERR_ACCESS_DENIED
