import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Mapper, Peer } from "../peer.js";

const script = fileURLToPath(new URL("../../python/pool.py", import.meta.url));

/** Python's own ProcessPoolExecutor. It times nothing itself: it answers a line once an order is carried out. */
const pythonProcesses: Peer<Mapper> = {
  name: "Python ProcessPoolExecutor",
  kind: "processes",
  settings: "map with chunksize=1000",
  async start(_task, workers) {
    const python = spawn("python3", [script, String(workers)], { stdio: ["pipe", "pipe", "inherit"] });
    const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
    const order = async (line: string) => {
      python.stdin.write(`${line}\n`);
      if ((await answers.next()).done) throw new Error(`python3 ended before it answered "${line}"`);
    };
    await answers.next(); // "ready"
    return {
      flood: (count) => order(`flood ${count}`),
      map: (count) => order(`map ${count}`),
      async stop() {
        python.stdin.end();
        await once(python, "exit");
      },
    };
  },
};

/** Empty where there is no python3. */
export const python: readonly Peer<Mapper>[] =
  spawnSync("python3", ["--version"]).status === 0 ? [pythonProcesses] : [];
