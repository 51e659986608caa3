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
  for (let attempt = 0; attempt < 5; attempt++) {
    const redis = await startOn(await freePort());
    if (redis !== undefined) return redis;
  }
  throw new Error("redis-server does not start");
}

/** Undefined where it ends at once: somebody else may have taken the port meanwhile. */
async function startOn(port: number) {
  const password = randomBytes(24).toString("hex");
  const folder = mkdtempSync(join(tmpdir(), "many-machines-"));
  const config = join(folder, "redis.conf"); // the password would be seen on a command line
  writeFileSync(config, `port ${port}\nbind 127.0.0.1\nrequirepass ${password}\ndir ${folder}\nsave ""\n`);
  const server = spawn("redis-server", [config], { stdio: "ignore" });
  const end = new Promise((resolve) => server.once("exit", resolve));
  const stop = async () => {
    server.kill();
    await end;
    rmSync(folder, { recursive: true, force: true });
  };
  while (!(await answers(port, password))) {
    if (server.exitCode !== null) {
      await stop();
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return { url: `redis://:${password}@127.0.0.1:${port}`, password, stop };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Whether a server answers that knows the password, not just anybody. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(`AUTH ${password}\r\n`));
    socket.on("data", (reply) => {
      resolve(String(reply).startsWith("+OK"));
      socket.destroy();
    });
    socket.on("error", () => {}); // "close" follows
    socket.on("close", () => resolve(false));
  });
}
