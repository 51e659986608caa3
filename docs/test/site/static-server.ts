import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Serves a folder under a path of this machine, as a plain web server would. */
export async function serve(folder: string, base: string): Promise<{ origin: string; close(): void }> {
  const server = createServer(async ({ url = "/" }, response) => {
    const path = decodeURI(new URL(url, "http://localhost").pathname);
    const file = path.endsWith("/") ? `${path}index.html` : path;
    try {
      if (!file.startsWith(base)) throw new Error(`${path} is not under ${base}`);
      const content = await readFile(join(folder, file.slice(base.length)));
      response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
      if (file.startsWith(`${base}assets/`)) response.setHeader("cache-control", "immutable, max-age=3600");
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
