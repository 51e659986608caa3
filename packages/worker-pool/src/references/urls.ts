/** The addresses of modules: what loaders and test runners call them, and what a worker can import. */
import { fileURLToPath, pathToFileURL } from "node:url";

/** How tsx names the CommonJS it loads on Node 20: the whole text, which begins with the file's name. */
const TSX_DATA_URL = /^data:text\/javascript,__filename%3D%22(.*?)%22%3B/;

/** A module's address as a URL, whatever its loader wrote: a path, a file URL, tsx's data URL. */
export function normalUrl(name: string): string {
  const tsx = TSX_DATA_URL.exec(name);
  if (tsx?.[1] !== undefined) return pathToFileURL(decodeURIComponent(tsx[1])).href;
  if (name.startsWith("/") || /^[A-Za-z]:[\\/]|^\\\\/.test(name)) return pathToFileURL(name).href;
  return name;
}

/** Whether a worker can import it. Code given on the command line or typed in has a name, but no file. */
export function isImportable(url: string): boolean {
  return /^(file|data|https?|node):/.test(url) && !/\/\[(eval|stdin)\d*\]$/.test(url);
}

/** A file URL's path, without a query; undefined for other URLs. */
export function pathOfUrl(url: string): string | undefined {
  if (!url.startsWith("file:")) return undefined;
  try {
    return fileURLToPath(url.replace(/[?#].*$/s, ""));
  } catch {
    return undefined;
  }
}

/** What people call the place: the path of a file, the start of anything else. */
export function displayUrl(url: string): string {
  const path = pathOfUrl(url) ?? url;
  return path.length > 300 ? `${path.slice(0, 100)}…` : path;
}
