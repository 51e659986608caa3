import { describe, expect, test } from "@jest/globals";
import { joinStacks } from "../../dist/codec/index.js";

const worker = [
  "TypeError: no such word",
  "    at count (file:///app/words.js:12:9)",
  "    at async run (file:///app/node_modules/@concurrent-futures/worker-pool/dist/runtime/run.js:40:3)",
  "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)",
].join("\n");
const submit = [
  "Error",
  "    at ThreadPoolExecutor.submit (file:///app/node_modules/@concurrent-futures/core/dist/base-executor.js:9:1)",
  "    at main (file:///app/main.js:7:22)",
].join("\n");

describe("joined stacks", () => {
  test("show the worker's frames, then the place that submitted, without the machinery", () => {
    expect(joinStacks(worker, submit)).toBe(
      [
        "TypeError: no such word",
        "    at count (file:///app/words.js:12:9)",
        "    at --- submitted from ---",
        "    at main (file:///app/main.js:7:22)",
      ].join("\n"),
    );
  });

  test("show the worker's frames alone where the place is not known", () => {
    expect(joinStacks(worker, undefined)).toBe("TypeError: no such word\n    at count (file:///app/words.js:12:9)");
  });

  test("keep internal frames where there are no others", () => {
    const internal = "Error: x\n    at run (/app/node_modules/@concurrent-futures/worker-pool/dist/a.js:1:1)";
    expect(joinStacks(internal, undefined)).toBe(internal);
  });

  test("keep a message of several lines, and a stack without frames", () => {
    expect(joinStacks("Error: a\nb\n    at f (x.js:1:1)", undefined)).toBe("Error: a\nb\n    at f (x.js:1:1)");
    expect(joinStacks("just text", submit)).toBe(
      "just text\n    at --- submitted from ---\n    at main (file:///app/main.js:7:22)",
    );
  });

  test("know Windows' paths and the other packages", () => {
    const stack =
      "E: x\n    at a (C:\\app\\node_modules\\@concurrent-futures\\process-executor\\dist\\x.js:1:1)\n    at b (C:\\app\\b.js:2:2)";
    expect(joinStacks(stack, undefined)).toBe("E: x\n    at b (C:\\app\\b.js:2:2)");
  });
});
