/**
 * Registry: functions and classes by names, as far as a program has registered their modules. Nothing else can be
 * reached by a name that came through Redis: names are looked up in Maps, never in objects, and nothing is imported.
 *
 *   "./tasks.js#count"            an exported function
 *   "./tasks.js#Text.words"       a static method of an exported class
 *   "./tasks.js#TooLongError"     an exported class
 *
 * In place of a module there may be an object of functions, and of references such as `importTasks` makes.
 */
import { type AnyFunction, type AnyTask, taskShape } from "@concurrent-futures/core";

/** Modules by the names that submitters and workers agree on. */
export type TaskModules = Readonly<Record<string, object>>;

// biome-ignore lint/complexity/noBannedTypes: any class at all, whatever its constructor takes
export type AnyClass = Function;

export class Registry {
  readonly #functions = new Map<string, AnyTask>();
  readonly #classes = new Map<string, AnyClass>();
  readonly #names = new Map<unknown, string>();

  constructor(modules: TaskModules = {}) {
    for (const [name, module] of Object.entries(modules)) this.add(name, module);
  }

  /** @throws {TypeError} it is not a module */
  add(name: string, module: unknown): void {
    if (typeof module !== "object" || module === null) {
      throw new TypeError(`Expected \`tasks\` to have modules as values, such as import * as tasks; ${name} has none`);
    }
    for (const [key, value] of Object.entries(module)) {
      const full = `${moduleName(name)}#${key}`;
      if (isReference(value)) this.#functions.set(full, value);
      if (typeof value !== "function") continue;
      if (!this.#names.has(value)) this.#names.set(value, full);
      if (isClass(value)) this.#addClass(full, value);
      else this.#functions.set(full, value as AnyFunction);
    }
  }

  /** The function that was registered under a name. */
  find(name: string): AnyTask | undefined {
    return this.#functions.get(name);
  }

  findClass(name: string): AnyClass | undefined {
    return this.#classes.get(name);
  }

  /** The name under which a function or class was registered. */
  nameOf(value: unknown): string | undefined {
    return this.#names.get(value);
  }

  /** The names of all functions. */
  get functions(): string[] {
    return [...this.#functions.keys()];
  }

  #addClass(full: string, value: AnyClass): void {
    this.#classes.set(full, value);
    for (const [key, { value: method }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      if (typeof method !== "function" || isClass(method)) continue;
      this.#functions.set(`${full}.${key}`, method as AnyFunction);
      if (!this.#names.has(method)) this.#names.set(method, `${full}.${key}`);
    }
  }
}

/** TypeScript and what is compiled from it have one name. */
export function moduleName(name: string): string {
  return name.replace(/\.([cm]?)tsx?$/, ".$1js");
}

function isReference(value: unknown): value is AnyTask {
  return typeof value === "object" && value !== null && Object.hasOwn(value, taskShape);
}

// biome-ignore lint/complexity/noBannedTypes: any function at all
function isClass(value: Function): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
