/** What the entry module may be: ES module, CommonJS, TypeScript, code on the command line, a worker thread's. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";
import { everyProgram } from "./every-program.js";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const stripsTypes = major > 22 || (major === 22 && minor >= 18);
const requiresModules = major > 20 || minor >= 19;
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;

const umbrella = new URL("../../dist/index.js", import.meta.url).href;

const ownResults = [3, 8, "5 m", 7, 9, 12, 0, "7 kg", [2, 4]];
const ownError = {
  name: "OwnError",
  message: "Not 5",
  code: "E_OWN",
  detail: { n: 5 },
  cause: "TypeError: because",
};
const ownOutput = `${JSON.stringify(ownResults)}\n${JSON.stringify(ownError)}\n`;

everyProgram("entry modules", ({ start }) => {
  test("under its own pending top-level await it submits its own functions and gets its own error class back", async () => {
    expect(await start("own-functions.js").ended).toMatchObject({ exitCode: 0, stdout: ownOutput, stderr: "" });
  });

  test("a plain .mjs program", async () => {
    expect(await start("plain.mjs").ended).toMatchObject({ exitCode: 0, stdout: "[42,[2,4]]\n", stderr: "" });
  });

  test("a plain .cjs program, and functions of a CommonJS module", async () => {
    expect(await start("common.cjs").ended).toMatchObject({
      exitCode: 0,
      stdout: '[21,"hello there",6,3,[1,2]]\n',
      stderr: "",
    });
  });

  test("a TypeScript program run by tsx", async () => {
    const program = start("own-functions.ts", { flags: ["--import", tsx] });
    expect(await program.ended).toMatchObject({ exitCode: 0, stdout: ownOutput, stderr: "" });
  });

  if (stripsTypes) {
    test("a TypeScript program run by Node's type stripping", async () => {
      const program = start("own-functions.ts", { flags: ["--disable-warning=ExperimentalWarning"] });
      expect(await program.ended).toMatchObject({ exitCode: 0, stdout: ownOutput, stderr: "" });
    });
  }

  test("a program under --inspect: workers look for ports of their own", async () => {
    const program = start("own-functions.js", { flags: ["--inspect=0"] });
    const { exitCode, stdout, stderr } = await program.ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: ownOutput });
    expect(stderr).toContain("Debugger listening");
    expect(stderr).not.toContain("address already in use");
  });

  test("a pool inside of a worker thread", async () => {
    const program = start("in-thread.js");
    expect(await program.ended).toMatchObject({ exitCode: 0, stdout: "[9,16,[25,36]]\n", stderr: "" });
    await program.gone();
  });

  test("code on the command line submits functions that use nothing around them", async () => {
    const code = `import { ThreadPoolExecutor, ProcessPoolExecutor } from ${JSON.stringify(umbrella)};
      const pool = new (process.argv[1] === "thread" ? ThreadPoolExecutor : ProcessPoolExecutor)({ maxWorkers: 1 });
      console.log(await pool.submit((a, b) => a + b, 1, 2));`;
    const program = start(undefined, { flags: ["--input-type=module", "--eval", code, "--"] });
    expect(await program.ended).toMatchObject({ exitCode: 0, stdout: "3\n", stderr: "" });
  });

  if (requiresModules) {
    test("a CommonJS program can require() the package, where Node can require ES modules", async () => {
      const program = start("requires.cjs", { flags: ["--disable-warning=ExperimentalWarning"] });
      expect(await program.ended).toMatchObject({ exitCode: 0, stdout: "21\n", stderr: "" });
    });
  }
});
