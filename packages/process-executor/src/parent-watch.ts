/**
 * ParentWatch: ends a worker process whose parent is gone, where the system cannot be asked to do it (libc.ts,
 * `dieWithParent`): without koffi, on macOS, under the permission model.
 *
 * An idle worker sees the end of its pipes. One in an endless loop sees nothing, so a shell waits in its place: it reads
 * from a pipe that only this process holds. A line means that the worker has ended; the end of the pipe, that this
 * process has. Windows needs none of it: libuv's job object ends children with their parent.
 */
import { spawn } from "node:child_process";

const SCRIPT = `trap "" HUP INT QUIT TERM; read -r over || kill -9 "$0"`;

/** Returns what to call when the worker has ended. */
export function watchParent(pid: number): () => void {
  if (process.platform === "win32") return () => {};
  const shell = spawn("/bin/sh", ["-c", SCRIPT, String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    env: {},
    cwd: "/",
  });
  shell.on("error", () => {}); // no shell here: idle workers still leave by themselves
  shell.stdin.on("error", () => {});
  shell.unref();
  (shell.stdin as unknown as { unref?(): void }).unref?.(); // a socket, by its type any Writable; in Bun none
  return () => shell.stdin.end("over\n");
}
