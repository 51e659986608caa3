/**
 * Looking at values of this thread through V8's inspector.
 *
 *   inspect(look) --connect--> Inspection --look(value)--> Sight: where the function is written, what it closes over
 *                                   |------script(id)----> the script's URL and text (Debugger domain, only then)
 *                                   |------read(scope)---> the values of variables
 *
 * I1  A session lives as long as one call of inspect(), and with it every remote object; nothing stays enabled.
 * I2  Everything here is synchronous: a session connected to its own thread answers before post() returns.
 * I3  The Debugger domain is enabled only to learn of a script that was not seen before. Nothing of the user's runs in
 *     the meantime, and pauses are skipped, so a `debugger` statement cannot stop the thread.
 * I4  A value reaches the inspector, and comes back, as a property of `holder`, which for that time hangs on `Buffer`:
 *     the main context and the vm contexts of test runners share that object.
 */
import { Buffer } from "node:buffer";
import type { Debugger, Session } from "node:inspector";
import { createRequire } from "node:module";

/** This thread has no inspector, or the inspector refuses to connect (as under Node's permission model). */
export class InspectorUnavailable extends Error {}

/** A script as the inspector tells of it. */
export interface ScriptFacts {
  readonly id: string;
  /** As the script was loaded; empty for code without a name, such as `eval`. */
  readonly url: string;
  readonly isModule: boolean;
  readonly startLine: number;
  readonly startColumn: number;
}

/** A position in a script; line and column count from 0. */
export interface Location {
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

/** A scope that a function closes over. */
export interface ScopeView {
  readonly kind: "module" | "closure";
  readonly id: string;
}

/** What the inspector tells of one value. */
export interface Sight {
  /** Where a function or class is written; undefined for native, bound and proxied functions. */
  readonly location: Location | undefined;
  /** What it closes over, innermost first. */
  readonly scopes: readonly ScopeView[];
  /** What a bound function or a proxy stands for. */
  readonly target: unknown;
}

interface Remote {
  readonly objectId?: string;
  readonly type?: string;
  readonly description?: string;
  readonly value?: unknown;
}
interface RemoteProperty {
  readonly name: string;
  readonly value?: Remote;
}
interface Properties {
  readonly result: readonly RemoteProperty[];
  readonly internalProperties?: readonly RemoteProperty[];
}

/** Scripts of this thread by id; ids are never used twice. */
const knownScripts = new Map<string, ScriptFacts>();

/**
 * Lets `look` ask the inspector, then closes the session.
 *
 * @throws {InspectorUnavailable} there is no inspector here
 */
export function inspect<T>(look: (inspection: Inspection) => T): T {
  const inspection = Inspection.open();
  try {
    return look(inspection);
  } finally {
    inspection.close();
  }
}

const KEY = Symbol.for("concurrent-futures.inspected");
const FIND_HOLDER = `[globalThis.process?.getBuiltinModule?.("node:buffer")?.Buffer, globalThis.Buffer]
  .find((host) => host?.[Symbol.for("concurrent-futures.inspected")])?.[Symbol.for("concurrent-futures.inspected")]`;

export class Inspection {
  readonly #session: Session;
  readonly #holder: { value: unknown; values: Record<string, unknown> } = { value: undefined, values: {} };
  #holderId = "";
  #debugging = false;

  private constructor(session: Session) {
    this.#session = session;
  }

  static open(): Inspection {
    let session: Session;
    try {
      session = new (loadInspector().Session)();
      session.connect();
    } catch (error) {
      throw new InspectorUnavailable((error as Error).message, { cause: error });
    }
    const inspection = new Inspection(session);
    try {
      inspection.#shareHolder();
    } catch (error) {
      inspection.close();
      throw new InspectorUnavailable((error as Error).message, { cause: error });
    }
    return inspection;
  }

  close(): void {
    this.#session.disconnect(); // disables the domains and drops all remote objects (I1)
  }

  /** Where a function is written and what it closes over. */
  look(value: unknown): Sight {
    const { internalProperties = [] } = this.#properties(this.#idOf(value));
    const internal = (name: string) => internalProperties.find((property) => property.name === name)?.value;
    const location = internal("[[FunctionLocation]]")?.value as Debugger.Location | undefined;
    const scopes = internal("[[Scopes]]")?.objectId;
    const target = (internal("[[TargetFunction]]") ?? internal("[[Target]]"))?.objectId;
    return {
      location: location && {
        scriptId: location.scriptId,
        line: location.lineNumber,
        column: location.columnNumber ?? 0,
      },
      scopes: scopes === undefined ? [] : this.#scopes(scopes),
      target: target === undefined ? undefined : this.#fetch(target),
    };
  }

  /** The values of a scope's variables: those named, or all. Variables without a value yet are left out. */
  read(scope: ScopeView, names?: readonly string[]): Map<string, unknown> {
    const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    this.#holder.values = values;
    this.#post("Runtime.callFunctionOn", {
      objectId: scope.id,
      functionDeclaration: `function (holder, names) {
        const variables = this.object; // a scope is { description, object }
        for (const name of names ?? Object.keys(variables)) {
          try { if (name in variables) holder.values[name] = variables[name]; } catch {}
        }
      }`,
      arguments: [{ objectId: this.#holderId }, { value: names }],
    });
    return new Map(Object.entries(values).filter(([, value]) => value !== undefined));
  }

  /** What is known of a script; undefined when V8 has let go of it. */
  script(id: string): ScriptFacts | undefined {
    if (!knownScripts.has(id)) this.#debug();
    return knownScripts.get(id);
  }

  /** Whether a script whose URL is the one meant was loaded in this thread. */
  hasScript(isMeant: (url: string) => boolean): boolean {
    const isKnown = () => [...knownScripts.values()].some(({ url }) => isMeant(url));
    if (isKnown()) return true;
    this.#debug();
    return isKnown();
  }

  /** The text of a script as it runs, which compilers and loaders have changed already. */
  source(id: string): string {
    this.#debug();
    return (this.#post("Debugger.getScriptSource", { scriptId: id }) as { scriptSource: string }).scriptSource;
  }

  #shareHolder(): void {
    const host = Buffer as unknown as Record<symbol, unknown>;
    Object.defineProperty(host, KEY, { value: this.#holder, configurable: true });
    try {
      const { result } = this.#post("Runtime.evaluate", { expression: FIND_HOLDER }) as { result: Remote };
      if (result.objectId === undefined) throw new Error("The inspector cannot see this code's objects.");
      this.#holderId = result.objectId;
    } finally {
      delete host[KEY];
    }
  }

  #idOf(value: unknown): string {
    this.#holder.value = value;
    const held = this.#properties(this.#holderId).result.find((property) => property.name === "value")?.value;
    if (held?.objectId === undefined) throw new TypeError(`Expected a function or an object to look at, got ${value}`);
    return held.objectId;
  }

  #fetch(objectId: string): unknown {
    this.#post("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: `function (holder) { "use strict"; holder.value = this; }`,
      arguments: [{ objectId: this.#holderId }],
    });
    return this.#holder.value;
  }

  #scopes(objectId: string): ScopeView[] {
    const scopes: ScopeView[] = [];
    for (const { value } of this.#properties(objectId).result) {
      if (value?.objectId === undefined) continue;
      const description = value.description ?? "";
      if (description === "Module") scopes.push({ kind: "module", id: value.objectId });
      else if (!/^(Global|Script|Array)/.test(description)) scopes.push({ kind: "closure", id: value.objectId });
    }
    return scopes;
  }

  #properties(objectId: string): Properties {
    return this.#post("Runtime.getProperties", { objectId, ownProperties: true }) as Properties;
  }

  /** Makes V8 tell of all scripts, which it does while enabling (I3). */
  #debug(): void {
    if (this.#debugging) return;
    this.#debugging = true;
    this.#session.on("Debugger.scriptParsed", ({ params }) => {
      const { scriptId: id, url, isModule = false, startLine, startColumn } = params;
      if (!knownScripts.has(id)) knownScripts.set(id, { id, url, isModule, startLine, startColumn });
    });
    this.#post("Debugger.enable");
    this.#post("Debugger.setSkipAllPauses", { skip: true });
  }

  #post(method: string, params: object = {}): unknown {
    let answer: unknown;
    let failure: Error | null = null;
    this.#session.post(method, params, (error, result) => {
      failure = error;
      answer = result;
    });
    if (failure !== null) throw failure;
    return answer;
  }
}

function loadInspector(): typeof import("node:inspector") {
  const builtin = process.getBuiltinModule?.("node:inspector");
  return builtin ?? (createRequire(import.meta.url)("node:inspector") as typeof import("node:inspector"));
}
