/**
 * Names: by what name a worker knows what is submitted.
 *
 *   function ──► registered here? ──► its name
 *              └─ else where its module lies, seen from the folder of the entry module: "./tasks.js#count"
 *
 * The module of a function that was submitted is registered as well: errors of its classes come back as they were.
 */
import { dirname, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type AnyTask, shapeOf, TaskReferenceError } from "@concurrent-futures/core";
import { describeClass, describeTask, type TaskDescriptor } from "@concurrent-futures/worker-pool";
import { type AnyClass, moduleName, type Registry } from "./registry.js";

export interface TaskName {
  readonly name: string;
  /** Whether it runs over many items, as `map` makes it. */
  readonly chunk: boolean;
}

export class Names {
  readonly #registry: Registry;
  readonly #folder: string;
  readonly #known = new WeakMap<object, TaskName>();
  readonly #modules = new Set<string>(); // URLs that were looked at
  /** While a module is being looked at, which takes a moment though it is loaded already. */
  loading: Promise<unknown> | undefined;

  /** @param base the folder that names are relative to */
  constructor(registry: Registry, base: string | URL | undefined) {
    this.#registry = registry;
    this.#folder = base === undefined ? dirname(process.argv[1] ?? ".") : folderOf(base);
  }

  /** @throws {TaskReferenceError} no worker could find it */
  ofTask(task: AnyTask): TaskName {
    const known = this.#known.get(task);
    if (known !== undefined) return known;
    const shape = shapeOf(task);
    let found: TaskName;
    if (shape?.kind === "chunk") found = { ...this.ofTask(shape.task), chunk: true };
    else {
      const registered = this.#registry.nameOf(task);
      found = { name: registered ?? this.#describe(task, shape === undefined), chunk: false };
    }
    this.#known.set(task, found);
    return found;
  }

  /** The name of a class, if a worker can have it. */
  ofClass(cls: AnyClass): string | undefined {
    const registered = this.#registry.nameOf(cls);
    if (registered !== undefined) return registered;
    const described = describeClass(cls);
    return described && `${this.#nameOfModule(described.url)}#${described.name}`;
  }

  #describe(task: AnyTask, loaded: boolean): string {
    const descriptor: TaskDescriptor = describeTask(task);
    if (descriptor.kind !== "module") {
      const label = (task as { name?: unknown }).name || "anonymous";
      throw new TaskReferenceError(
        `The function ${label} cannot run on other machines: it is not exported, and no code is sent to them. ` +
          "Export it from a module that the workers register",
      );
    }
    if (loaded) this.#look(descriptor.url);
    return `${this.#nameOfModule(descriptor.url)}#${descriptor.name}`;
  }

  #nameOfModule(url: string): string {
    if (!url.startsWith("file:")) return url;
    const path = relative(this.#folder, fileURLToPath(url)).replaceAll("\\", "/");
    return moduleName(path.startsWith("../") ? path : `./${path}`);
  }

  #look(url: string): void {
    if (this.#modules.has(url)) return;
    this.#modules.add(url);
    const looking = import(url)
      .then((module) => this.#registry.add(this.#nameOfModule(url), module))
      .catch(() => {}) // then its classes stay unknown
      .finally(() => {
        if (this.loading === looking) this.loading = undefined;
      });
    this.loading = looking;
  }
}

function folderOf(base: string | URL): string {
  const url = base instanceof URL || base.startsWith("file:") ? new URL(base) : pathToFileURL(`${base}/`);
  return fileURLToPath(new URL(".", url));
}
