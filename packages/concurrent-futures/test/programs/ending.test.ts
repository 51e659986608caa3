/** How programs end: by themselves, early, by force, and what is left of them then: nothing. */
import { expect, test } from "@jest/globals";
import { Signs, until } from "../pools/signs.js";
import { everyProgram } from "./every-program.js";

const signs = new Signs();
const lines = (count: number) => Array.from({ length: count }, (_, n) => `${n}`);

everyProgram("programs", ({ kind, start }) => {
  test("a script that ends without shutdown: queued work finishes, exit code 0, stderr empty", async () => {
    const file = signs.fresh("notes");
    const program = start("forgets-shutdown.js", { args: [file] });
    expect(await program.ended).toMatchObject({ exitCode: 0, signal: null, stdout: "", stderr: "" });
    expect(signs.notes(file).sort()).toEqual(lines(20).sort());
    await program.gone();
  });

  test("whatever is awaited keeps the program alive, and nothing does afterwards", async () => {
    const program = start("awaits.js");
    const { exitCode, stdout, stderr } = await program.ended;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toBe("ready 1\ndrained\ndone 2\nresult 25\nmapped 36\nmapped 49\n");
    await program.gone();
  });

  test("what tasks print is printed, although nobody shuts down", async () => {
    const { exitCode, stdout, stderr } = await start("prints.js").ended;
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      lines(30)
        .map((n) => `line ${n}\n`)
        .join(""),
    );
    expect(stderr.length).toBe(3000 * 61); // more than a pipe holds
  });

  test("process.exit() with calls running and waiting leaves nothing behind", async () => {
    const program = start("exits-early.js");
    expect(await program.ended).toMatchObject({ exitCode: 7, signal: null, stdout: "", stderr: "" });
    await program.gone();
  });

  test("a program ends although a call that it gave up still runs", async () => {
    const program = start("abandons.js");
    expect(await program.ended).toMatchObject({ exitCode: 0, stdout: "abandoned\n", stderr: "" });
    await program.gone();
  });

  test("a parent that is killed leaves no process behind, although its workers are in endless loops", async () => {
    const program = start("spins.js");
    await program.printed("spinning");
    if (kind === "process" && process.platform === "linux") expect(program.processes()).toHaveLength(3);
    process.kill(program.pid, "SIGKILL");
    expect(await program.ended).toMatchObject({ signal: "SIGKILL" });
    await program.gone();
  });

  test.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("%s ends a program and all of its workers", async (signal) => {
    const program = start("spins.js");
    await program.printed("spinning");
    process.kill(program.pid, signal);
    expect(await program.ended).toMatchObject({ signal, stderr: "" });
    await program.gone();
  });

  test("SIGINT to the whole group: the parent decides, and the running call can finish", async () => {
    const file = signs.fresh("go");
    const program = start("interrupted.js", { args: [file, "handled"], detached: true });
    await program.printed("started");
    process.kill(-program.pid, "SIGINT");
    await program.printed("interrupted");
    signs.raise(file);
    expect(await program.ended).toMatchObject({
      exitCode: 0,
      signal: null,
      stdout: "started\ninterrupted\nfinished\n",
      stderr: "",
    });
    await program.gone();
  });

  test("SIGINT to the whole group of a program that does not handle it: all end, and nobody prints a stack", async () => {
    const program = start("interrupted.js", { args: [signs.fresh("never"), "unhandled"], detached: true });
    await program.printed("started");
    process.kill(-program.pid, "SIGINT");
    expect(await program.ended).toMatchObject({ signal: "SIGINT", stdout: "started\n", stderr: "" });
    await program.gone();
  });

  test("failures that nobody looks at, crashes and stray rejections in workers do not end the program", async () => {
    const program = start("failing.js");
    expect(await program.ended).toMatchObject({ exitCode: 0, signal: null });
    await program.gone();
  });

  test("an uncaught error of the program's own ends it as ever, and leaves nothing behind", async () => {
    const program = start("spins.js", { args: ["throw"] });
    const { exitCode, stderr } = await program.ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain("the program's own");
    await program.gone();
  });

  test("an entry module without a main guard: an error that explains, and no chain of workers", async () => {
    const evaluations = signs.fresh("evaluations");
    const program = start("unguarded.js", { env: { EVALUATIONS: evaluations } });
    const { exitCode, stdout, stderr } = await program.ended;
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain("isMain(import.meta)");
    expect(signs.notes(evaluations).length).toBeLessThanOrEqual(3);
    await program.gone();
  });

  test("a pool that is dropped without shutdown: its futures settle, its workers go, the program goes on", async () => {
    const program = start("drops.js", { flags: ["--expose-gc"] });
    await program.printed("49\n");
    await until(() => program.child.exitCode !== null, "the program ends");
    expect(await program.ended).toMatchObject({
      exitCode: 0,
      stdout: "49\nits worker has gone\nand the program goes on\n",
      stderr: "",
    });
  });

  for (const inner of ["thread", "process"]) {
    test.each(["shut down", "forget"])(`a ${inner} pool inside of a task works (%s)`, async (how) => {
      const program = start("nested.js", { args: [inner, how] });
      expect(await program.ended).toMatchObject({ exitCode: 0, stdout: "14\n", stderr: "" });
      await program.gone();
    });

    test(`killWorkers() leaves nothing of a ${inner} pool inside of a worker`, async () => {
      const program = start("nested.js", { args: [inner, "kill"] });
      await program.printed("killed true");
      await until(() => program.processes().length <= 1, "only the program itself is left");
      expect(program.child.exitCode).toBeNull();
      program.killAll();
      await program.ended;
    });
  }
});
