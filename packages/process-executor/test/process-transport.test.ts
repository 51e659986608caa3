import { readdirSync, readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { endAll, processGone, start, startUp } from "./fixtures/connect.js";
import { collectLeftovers } from "./fixtures/leftovers.js";

afterEach(endAll);

const linux = process.platform === "linux";

describe.each([
  ["with shared memory", true],
  ["without", false],
])("a worker process %s", (_, addons) => {
  test("has memory that both sides see exactly if it may", async () => {
    const echo = await startUp({ addons });
    expect(echo.connection.memory !== undefined).toBe(addons && linux);
    echo.connection.kill();
    await echo.ended;
  });

  test("carries messages of any size both ways, in order", async () => {
    const echo = await startUp({ addons });
    const sizes = [0, 1, 70_000, 3, 5_000_000, 64 * 1024 * 1024, 2];
    const messageOf = (size: number): Buffer => {
      const message = Buffer.alloc(size, size % 251);
      if (size > 0) message[size - 1] = 7;
      return message;
    };
    for (const size of sizes) {
      echo.connection.post(messageOf(size));
    }
    for (const size of sizes) {
      const message = await echo.next();
      expect(message.length).toBe(size);
      expect(messageOf(size).equals(message)).toBe(true);
    }
    echo.connection.kill();
    await echo.ended;
  });

  test("delivers what was sent before the exit, then reports the exit", async () => {
    const echo = await startUp({ addons });
    echo.tell("send 4000000 3");
    const exit = await echo.ended;
    expect(echo.events).toEqual(["up", "4000000", "exit"]);
    expect(exit).toEqual({ exitCode: 3, signal: undefined, stderr: "" });
  });

  test("delivers it also when this thread was busy while the worker ended", async () => {
    const echo = await startUp({ addons });
    echo.tell("send 100000 0");
    await new Promise(setImmediate);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
    await echo.ended;
    expect(echo.events).toEqual(["up", "100000", "exit"]);
  });

  test("reports a signal, and stderr's last lines", async () => {
    const killed = await startUp({ addons });
    killed.connection.kill();
    expect(await killed.ended).toEqual({ exitCode: undefined, signal: "SIGKILL", stderr: "" });
    const terminated = await startUp({ addons });
    terminated.connection.terminate();
    expect(await terminated.ended).toMatchObject({ signal: "SIGTERM" });
    const failed = await startUp({ addons });
    failed.tell("stderr last-words 4");
    expect(await failed.ended).toEqual({ exitCode: 4, signal: undefined, stderr: "last-words" });
  });

  test.each([3, 4])("goes on after junk on descriptor %d", async (fd) => {
    const echo = await startUp({ addons });
    expect(await echo.ask(`junk ${fd}`)).toBe("written");
    expect(await echo.ask("hello")).toBe("hello");
    echo.connection.kill();
    await echo.ended;
  });

  test("is killed for junk among its messages, and the error says so", async () => {
    const echo = await startUp({ addons });
    echo.tell("junk 5");
    const exit = await echo.ended;
    expect(exit.signal).toBe("SIGKILL");
    expect(exit.error).toMatchObject({ message: expect.stringContaining("something that is not a message") });
  });

  test.each([3, 5])("ends when it closes descriptor %d, which it needs", async (fd) => {
    const echo = await startUp({ addons });
    echo.tell(`close ${fd}`);
    expect(await echo.ended).not.toMatchObject({ exitCode: 0 });
  });

  test("is reported ended although a process that it left behind holds its stderr", async () => {
    const echo = await startUp({ addons });
    const pid = Number(await echo.ask("leaveBehind 0"));
    try {
      expect(await echo.ended).toMatchObject({ exitCode: 0 });
    } finally {
      process.kill(pid);
    }
  });

  test("ends by itself when it is let go", async () => {
    const echo = await startUp({ addons });
    echo.tell("leave");
    expect(await echo.ended).toEqual({ exitCode: 0, signal: undefined, stderr: "" });
  });

  test("takes no messages after its end, and no harm comes of trying", async () => {
    const echo = await startUp({ addons });
    echo.connection.kill();
    echo.connection.post(Buffer.alloc(1_000_000));
    await echo.ended;
    echo.connection.post(Buffer.alloc(10));
    echo.connection.wake();
    echo.connection.kill();
    expect(echo.events).toEqual(["up", "exit"]);
  });

  test("gets its environment, arguments and directory, and no trace of how it was started", async () => {
    const env = { ...process.env, NODE_OPTIONS: "--inspect-brk=9229 --no-warnings", COLOR: "blue" };
    const echo = await startUp({ addons, env, argv: ["a", "b"], cwd: "/" });
    const report = JSON.parse(await echo.ask("report"));
    expect(report).toMatchObject({ argv: ["a", "b"], cwd: "/", env: { COLOR: "blue" } });
    expect(report.env.NODE_OPTIONS).toBe("--inspect=0 --no-warnings");
    expect(Object.keys(report.env).filter((name) => /CONCURRENT_FUTURES|NODE_CHANNEL/.test(name))).toEqual([]);
    echo.connection.kill();
    await echo.ended;
  });
});

describe("a worker process that cannot start", () => {
  test.each([
    ["a directory that is not there", { cwd: "/does/not/exist" }],
    ["an environment that no process can have", { env: { A: "\0" } }],
  ])("reports the error: %s", async (_, settings) => {
    const echo = start(settings);
    const exit = await echo.ended;
    expect(echo.connection.id).toBe(0);
    expect(exit).toMatchObject({ exitCode: undefined, signal: undefined, stderr: "" });
    expect(exit.error).toMatchObject({ code: expect.any(String) });
  });

  test("reports what Node says about an option that it does not know", async () => {
    const exit = await start({ execArgv: ["--no-such-option"] }).ended;
    expect(exit).toMatchObject({ exitCode: 9, stderr: expect.stringContaining("bad option: --no-such-option") });
  });
});

describe("a worker's output", () => {
  test("goes to the given stream, in order, its end kept", async () => {
    const stderr = new PassThrough();
    const echo = await startUp({}, { stderr });
    echo.tell("stderr one 1");
    await echo.ended;
    expect(await text(stderr.end())).toBe("one\n");
  });

  test("is lost, and nothing else, when the stream is destroyed", async () => {
    const stderr = new PassThrough();
    const echo = await startUp({}, { stderr });
    stderr.destroy();
    echo.tell("stderr one 1");
    expect(await echo.ended).toMatchObject({ stderr: "one" });
  });
});

(linux ? describe : describe.skip)("resources", () => {
  const memory = (): number => readFileSync("/proc/self/maps", "utf8").split("memfd:concurrent-futures").length - 1;
  const descriptors = (): number => readdirSync("/proc/self/fd").length;
  /** Resolves when what is on its way out is gone: a pipe whose end is yet to be read, the shells of watchParent. */
  const noMoreDescriptorsThan = async (count: number): Promise<void> => {
    while (descriptors() > count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  beforeEach(collectLeftovers);

  test("wake-ups reach the other side, and the memory is the same", async () => {
    const echo = await startUp();
    const words = new Int32Array(echo.connection.memory as ArrayBuffer);
    for (let count = 1; count <= 100; count++) {
      const woken = new Promise<void>((resolve) => {
        echo.onWake = resolve;
      });
      echo.connection.wake();
      await woken;
      expect(Atomics.load(words, 0)).toBe(count);
    }
    echo.connection.kill();
    await echo.ended;
  });

  test("20 workers, one after the other, use one block of memory, zeroed each time, and leave no descriptor", async () => {
    const cycle = async (): Promise<void> => {
      const echo = await startUp();
      const words = new Int32Array(echo.connection.memory as ArrayBuffer);
      expect(words.every((word) => word === 0)).toBe(true);
      words.fill(-1);
      echo.connection.kill();
      await echo.ended;
    };
    await cycle();
    const before = { memory: memory(), descriptors: descriptors() };
    for (let count = 0; count < 20; count++) await cycle();
    expect(memory()).toBeLessThanOrEqual(before.memory);
    await noMoreDescriptorsThan(before.descriptors);
  });

  test("workers without shared memory leave no descriptor either", async () => {
    const cycle = async (): Promise<void> => {
      const echo = await startUp({ addons: false });
      echo.connection.kill();
      await echo.ended;
    };
    await cycle();
    const before = descriptors();
    for (let count = 0; count < 5; count++) await cycle();
    await noMoreDescriptorsThan(before);
  });

  test("the process is gone when its end is reported", async () => {
    const echo = await startUp();
    echo.connection.kill();
    await echo.ended;
    await processGone(echo.connection.id);
  });
});
