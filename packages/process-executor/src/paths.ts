/**
 * Paths in options: strings or file URLs, of any realm's URL class.
 */
import { fileURLToPath } from "node:url";

export type Path = string | URL;

export function isPath(value: unknown): value is Path {
  if (typeof value === "string") return value !== "";
  return typeof value === "object" && value !== null && (value as { protocol?: unknown }).protocol === "file:";
}

export function toPath(path: Path): string {
  return typeof path === "string" ? path : fileURLToPath(path);
}
