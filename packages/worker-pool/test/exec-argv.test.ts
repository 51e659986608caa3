import { afterEach, describe, expect, test } from "@jest/globals";
import { workerExecArgv, workerNodeOptions } from "../dist/exec-argv.js";

const own = process.execArgv;
afterEach(() => {
  process.execArgv = own;
});

function inherited(...flags: string[]): string[] | undefined {
  process.execArgv = flags;
  return workerExecArgv(undefined, "process");
}

describe("flags that a worker process takes over", () => {
  test("loaders, conditions and V8 flags stay, with their values", () => {
    const flags = ["--import", "tsx", "--require", "./a.cjs", "-C", "dev", "--experimental-vm-modules", "--expose-gc"];
    expect(inherited(...flags)).toEqual(flags);
  });

  test.each([
    [["-e", "code"]],
    [["--eval=code"]],
    [["-p", "-e", "1 + 1"]],
    [["-pe", "1"]],
    [["-i"]],
    [["--check"]],
    [["--input-type=module"]],
    [["--input-type", "module"]],
    [["--test", "--test-name-pattern", "x", "--test-reporter=tap", "--experimental-test-coverage"]],
    [["--watch", "--watch-path", "./src", "--watch-preserve-output"]],
    [["--run", "build"]],
  ])("%j says what the parent runs and is dropped", (flags) => {
    expect(inherited("--import", "tsx", ...flags, "--no-warnings")).toEqual(["--import", "tsx", "--no-warnings"]);
  });

  test("a debugger's port is any free one, and no worker waits for the parent's debugger", () => {
    expect(inherited("--inspect")).toEqual(["--inspect=0"]);
    expect(inherited("--inspect=9230")).toEqual(["--inspect=0"]);
    expect(inherited("--inspect-brk=0.0.0.0:9230")).toEqual(["--inspect=0.0.0.0:0"]);
    expect(inherited("--inspect-wait=[::1]:9230")).toEqual(["--inspect=[::1]:0"]);
    expect(inherited("--inspect-port", "9230", "--no-warnings")).toEqual(["--inspect-port=0", "--no-warnings"]);
    expect(inherited("--debug-port=9230")).toEqual(["--debug-port=0"]);
  });
});

describe("flags that the pool was given", () => {
  test("they replace the parent's, and only a debugger's port changes", () => {
    process.execArgv = ["--no-warnings"];
    expect(workerExecArgv(["--inspect-brk", "--test"], "process")).toEqual(["--inspect-brk=0", "--test"]);
    expect(workerExecArgv([], "process")).toEqual([]);
  });

  test("threads inherit by themselves and take given flags as they are", () => {
    process.execArgv = ["--max-old-space-size=100"];
    expect(workerExecArgv(undefined, "thread")).toBeUndefined();
    expect(workerExecArgv(["--no-warnings"], "thread")).toEqual(["--no-warnings"]);
  });
});

test("NODE_OPTIONS keeps everything but a debugger's port and its waiting", () => {
  expect(workerNodeOptions("--inspect-brk=9229 --import tsx --title='a b'")).toBe(
    "--inspect=0 --import tsx --title='a b'",
  );
  expect(workerNodeOptions("--import tsx --inspect-port 9230")).toBe("--import tsx --inspect-port=0");
  expect(workerNodeOptions("--no-inspect-extra --inspector")).toBe("--no-inspect-extra --inspector");
});
