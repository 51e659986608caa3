/** Values in messages. */

/** A value as error messages show it. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (value === null || typeof value !== "object") return typeof value === "bigint" ? `${value}n` : String(value);
  return Array.isArray(value) ? "an array" : "an object";
}

/** What kind of thing a value is: its class, its type, or the name of an error. */
export function typeName(value: unknown): string {
  if (value === null || (typeof value !== "object" && typeof value !== "function")) {
    return value === null ? "null" : typeof value;
  }
  const name = (value as { name?: unknown }).name;
  if (typeof (value as { stack?: unknown }).stack === "string" && typeof name === "string") return name;
  return (value as object).constructor?.name || typeof value;
}
