/** Finding a function or class among a module's values, and getting it back by the path found. */

const MAX_DEPTH = 3;
const MAX_VALUES = 5000;

/** The path, such as `parse` or `Tools.parse`, that leads from these values to the wanted one. */
export function findPath(roots: Iterable<readonly [string, unknown]>, wanted: unknown): string | undefined {
  let level: Array<readonly [string, unknown]> = [...roots];
  const seen = new Set<unknown>();
  for (let depth = 0; depth <= MAX_DEPTH && seen.size < MAX_VALUES; depth++) {
    for (const [path, value] of level) if (value === wanted) return path;
    level = level.flatMap(([path, value]) => {
      if (!isContainer(value) || seen.has(value) || seen.size >= MAX_VALUES) return [];
      seen.add(value);
      return ownValues(value).map(([key, inner]) => [`${path}.${key}`, inner] as const);
    });
  }
  return undefined;
}

/** Functions, classes, and objects made by literals or modules: what people keep functions in. */
function isContainer(value: unknown): value is object {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null; // an Object.prototype of any realm
}

/** An object's own functions and objects. Getters are run only where `getters` says so: they may do anything. */
export function ownValues(holder: object, getters: (key: string) => boolean = () => false): Array<[string, unknown]> {
  const values: Array<[string, unknown]> = [];
  for (const key of Object.getOwnPropertyNames(holder)) {
    if (key === "prototype" || key.includes(".") || values.length >= MAX_VALUES) continue;
    try {
      const descriptor = Object.getOwnPropertyDescriptor(holder, key);
      const value: unknown = descriptor?.get && getters(key) ? descriptor.get.call(holder) : descriptor?.value;
      if (typeof value === "function" || (typeof value === "object" && value !== null)) values.push([key, value]);
    } catch {
      // a variable of a module that has no value yet
    }
  }
  return values;
}

/** What a path leads to, with the object that holds it; undefined where the path breaks off. */
export function followPath(root: unknown, path: string): { value: unknown; holder: unknown } | undefined {
  let holder: unknown;
  let value = root;
  for (const key of path.split(".")) {
    if ((typeof value !== "object" && typeof value !== "function") || value === null || !(key in value))
      return undefined;
    holder = value;
    value = (value as Record<string, unknown>)[key];
  }
  return { value, holder };
}
