import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Mapper, Peer } from "../peer.js";
import type { Contender, Sample } from "../workload.js";

const scriptFile = (name: string) => fileURLToPath(new URL(`../../python/${name}`, import.meta.url));

/** Python's own ProcessPoolExecutor. It times nothing itself: it answers a line once an order is carried out. */
const pythonProcesses: Peer<Mapper> = {
  name: "Python ProcessPoolExecutor",
  kind: "processes",
  settings: "map with chunksize=1000",
  async start(_task, workers) {
    const python = spawn("python3", [scriptFile("pool.py"), String(workers)], { stdio: ["pipe", "pipe", "inherit"] });
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

const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** Empty where there is no python3. */
export const python: readonly Peer<Mapper>[] = hasPython ? [pythonProcesses] : [];

/** What Python's multiprocessing measures of itself: what its processes share cannot be timed from here. */
export function pythonShared(name: string, order: string, count: (quick: boolean) => number): readonly Contender[] {
  const contender: Contender = {
    name,
    kind: "processes",
    settings: "as its documentation shows it",
    async measure(quick) {
      const { stdout } = await promisify(execFile)("python3", [scriptFile("shared.py"), order, String(count(quick))]);
      return JSON.parse(stdout) as Sample;
    },
  };
  return hasPython ? [contender] : [];
}
