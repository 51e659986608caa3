/** Core has to load where there is no Node: proved by loading the built files in a context that has nothing of it. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import vm from "node:vm";
import { describe, expect, test } from "@jest/globals";

const entry = fileURLToPath(new URL("../dist/index.js", import.meta.url));

/** What browsers have and a bare vm context lacks. */
const webGlobals = {
  AbortController,
  AbortSignal,
  DOMException,
  URL,
  clearTimeout,
  performance,
  queueMicrotask,
  setTimeout,
};

/** Loads the built package and all that it imports, as a browser's module graph would. */
async function load(globals: object): Promise<{ core: typeof import("@concurrent-futures/core"); imports: string[] }> {
  const context = vm.createContext({ ...globals });
  const imports: string[] = [];
  const modules = new Map<string, vm.SourceTextModule>();
  const open = (path: string): vm.SourceTextModule => {
    let module = modules.get(path);
    if (!module) {
      module = new vm.SourceTextModule(readFileSync(path, "utf8"), { context, identifier: path });
      modules.set(path, module);
    }
    return module;
  };
  const link = (specifier: string, { identifier }: vm.Module): vm.Module => {
    imports.push(specifier);
    if (specifier.startsWith(".")) return open(fileURLToPath(new URL(specifier, pathToFileURL(identifier))));
    return open(createRequire(identifier).resolve(specifier));
  };
  const root = open(entry);
  await root.link(link);
  await root.evaluate();
  return { core: root.namespace as typeof import("@concurrent-futures/core"), imports };
}

describe("in a context without anything of Node's", () => {
  test("the package loads, and imports its own files and p-limit only", async () => {
    const { imports } = await load(webGlobals);
    expect([...new Set(imports)].filter((specifier) => !specifier.startsWith("./")).sort()).toEqual([
      "p-limit",
      "yocto-queue",
    ]);
  });

  test("futures, executors, wait, asCompleted and map work", async () => {
    const errors: string[] = [];
    const { core } = await load({ ...webGlobals, console: { error: (text: string) => errors.push(text) } });
    const { EventLoopExecutor, Future, asCompleted, partial, runInExecutor, setDefaultExecutor, taskContext, wait } =
      core;
    const executor = new EventLoopExecutor({ maxWorkers: 2 });
    setDefaultExecutor(executor);
    expect(await runInExecutor(null, (a: number, b: number) => a + b, 1, 2)).toBe(3);
    expect([
      ...(await executor.map(
        (x: number) => 2 * x,
        Array.from({ length: 500 }, (_, i) => i),
      )),
    ]).toHaveLength(500);
    const named = executor
      .with({ name: "named" })
      .submit(partial((suffix: string) => taskContext().name + suffix, "!"));
    expect((await wait([named])).done.has(named)).toBe(true);
    for await (const future of asCompleted([named])) expect(await future).toBe("named!");

    const failing = new Future();
    failing.addDoneCallback(() => {
      throw new Error("in a callback");
    });
    failing.abort();
    await expect(failing.result()).rejects.toHaveProperty("name", "AbortError");
    expect(errors).toEqual([expect.stringMatching(/^FutureCallbackWarning: .*\n.*in a callback/)]);
    await expect(executor.submit(() => new Promise(() => {})).result({ timeout: 5 })).rejects.toHaveProperty(
      "code",
      "ERR_TIMEOUT",
    );
    expect(core.isMain({ url: "https://example.com/main.js" })).toBe(false);
  });
});
