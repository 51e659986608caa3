import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type Mapper, type Peer, type Running, SLOWER } from "../peer.js";
import type { Contender, Sample } from "../workload.js";

const scriptFile = (name: string) => fileURLToPath(new URL(`../../python/${name}`, import.meta.url));

/** Python's own executors, with the no-op task. They time nothing: they answer a line once an order is carried out. */
function pythonWith(name: string, kind: Peer<Mapper>["kind"], settings: string): Peer<Running & Mapper> {
  return {
    name,
    kind,
    settings,
    scale: SLOWER,
    async start(_task, workers) {
      const args = [scriptFile("pool.py"), kind, String(workers)];
      const python = spawn("python3", args, { stdio: ["pipe", "pipe", "inherit"] });
      const answers = createInterface(python.stdout)[Symbol.asyncIterator]();
      const carryOut = async (order: object) => {
        python.stdin.write(`${JSON.stringify(order)}\n`);
        if ((await answers.next()).done) throw new Error(`python3 ended before it answered ${JSON.stringify(order)}`);
      };
      await answers.next(); // "ready"
      return {
        flood: (count, argument, inFlight) => carryOut({ order: "flood", count, argument, inFlight }),
        map: ({ length }) => carryOut({ order: "map", count: length }),
        async stop() {
          python.stdin.end();
          await once(python, "exit");
        },
      };
    },
  };
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;

/** Empty where there is no python3. */
function ifPython<R>(peer: R): readonly R[] {
  return hasPython ? [peer] : [];
}

export const pythonThreads = ifPython(pythonWith("Python ThreadPoolExecutor", "threads", "max_workers"));
export const pythonProcesses = ifPython(
  pythonWith("Python ProcessPoolExecutor", "processes", "max_workers; map with chunksize=1000"),
);

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
