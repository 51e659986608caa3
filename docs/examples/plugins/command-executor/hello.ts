/** The first line that a worker reads: the token, and what it must have in common with the pool. */
import { createRequire } from "node:module";

const { version } = createRequire(import.meta.url)("@concurrent-futures/worker-pool/package.json") as {
  version: string;
};

export function helloLine(token: Buffer): string {
  return `${JSON.stringify({ token: token.toString("hex"), version })}\n`;
}

/** @throws {Error} nobody who knows this protocol sent the line, or one of another version */
export function readHello(line: string): Buffer {
  const hello = JSON.parse(line) as { token: string; version: string };
  if (hello.version !== version) {
    throw new Error(`The pool has @concurrent-futures/worker-pool ${hello.version}, this worker ${version}`);
  }
  return Buffer.from(hello.token, "hex");
}
