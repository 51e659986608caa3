/** A redis-server for one program: on a free port, with a password and a folder of its own. */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Undefined where there is no redis-server on this machine. */
export async function startPrivateRedis() {
  if (spawnSync("redis-server", ["--version"]).status !== 0) return undefined;
  const port = await freePort();
  const password = randomBytes(24).toString("hex");
  const folder = mkdtempSync(join(tmpdir(), "many-machines-"));
  const config = join(folder, "redis.conf"); // the password would be seen on a command line
  writeFileSync(config, `port ${port}\nbind 127.0.0.1\nrequirepass ${password}\ndir ${folder}\nsave ""\n`);
  const server = spawn("redis-server", [config], { stdio: "ignore" });
  const end = new Promise((resolve) => server.once("exit", resolve));
  while (!(await answers(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  return {
    url: `redis://:${password}@127.0.0.1:${port}`,
    password,
    async stop() {
      server.kill();
      await end;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
