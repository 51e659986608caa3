/** Starts worker programs, as systemd or Kubernetes would. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export async function startWorkers(count: number, redisUrl: string) {
  const file = fileURLToPath(new URL("./worker.js", import.meta.url));
  const programs = Array.from({ length: count }, () =>
    spawn(process.execPath, [file], {
      env: { ...process.env, REDIS_URL: redisUrl },
      stdio: ["inherit", "inherit", "inherit", "ipc"],
    }),
  );
  const ends = programs.map((program) => new Promise((resolve) => program.once("exit", resolve)));
  await Promise.all(programs.map((program) => once(program, "message"))); // they run
  return {
    /** Ends them in peace; their exit codes. */
    stop: () => {
      for (const program of programs) program.kill("SIGTERM");
      return Promise.all(ends);
    },
  };
}
