/** N: tasks that wait for their own executor, where they run in the caller's program. */
import type { Executor } from "@concurrent-futures/core";
import { equal, rejects } from "../assertions.js";
import { clause } from "../clause.js";
import { add } from "../tasks.js";

export const nesting = [
  clause(
    "N-1",
    "a task that waits for its own full executor is refused with DeadlockError",
    ["deadlockDetection", "maxWorkers"],
    async (t) => {
      const executor: Executor = t.create({ maxWorkers: 1 });
      const inner = async () => await executor.submit(add, 1, 2);
      await rejects(executor.submit(inner), { name: "DeadlockError", code: "ERR_DEADLOCK" }, "the outer call");
      equal(await executor.submit(add, 1, 2), 3);
    },
  ),
];
