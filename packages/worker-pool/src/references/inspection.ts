/**
 * Looking at values of this thread through V8's inspector.
 *
 *   inspect(look) --connect--> Inspection --look(value)--> Sight: where the function is written, what it closes over
 *                                   |------script(id)----> the script's URL and text (Debugger domain, only then)
 *                                   |------read(scope)---> the values of variables
 *
 * I1  A session, and with it every remote object, ends with the current turn of the event loop, or after MAX_LOOKS.
 *     No domain stays enabled after inspect() has returned.
 * I2  Everything here is synchronous: a session connected to its own thread answers before post() returns.
 * I3  The Debugger domain is enabled only to learn of a script that was not seen before. Nothing of the user's runs in
 *     the meantime, and pauses are skipped, so a `debugger` statement cannot stop the thread.
 * I4  A value reaches the inspector, and comes back, as a property of `holder`, which for that time hangs on `Buffer`:
 *     the main context and the vm contexts of test runners share that object.
 */
import { Buffer } from "node:buffer";
import type { Debugger, Profiler, Session } from "node:inspector";
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
  scopes(): readonly ScopeView[];
  /** What a bound function or a proxy stands for. */
  target(): unknown;
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

/** URLs of scripts by id, as the Profiler domain tells them. */
const scriptUrls = new Map<string, string>();
/** In a larger heap, of which it walks all, the Profiler is no quicker than the Debugger domain. */
const SMALL_HEAP = 32 * 2 ** 20;

/** The session of this turn: a loop that submits many functions shares one (I1). */
let current: Inspection | undefined;
const MAX_LOOKS = 1000;

/**
 * Lets `look` ask the inspector.
 *
 * @throws {InspectorUnavailable} there is no inspector here, or it refuses
 */
export function inspect<T>(look: (inspection: Inspection) => T): T {
  if (current === undefined || current.looks >= MAX_LOOKS) {
    current?.close();
    current = undefined; // in case there is none to be had
    const opened = Inspection.open();
    current = opened;
    // A promise, because test runners replace timers and queueMicrotask().
    void Promise.resolve().then(() => {
      if (current !== opened) return; // closed already
      current = undefined;
      opened.close();
    });
  }
  const inspection = current;
  try {
    return look(inspection);
  } finally {
    inspection.rest();
  }
}

const KEY = Symbol.for("concurrent-futures.inspected");
const FIND_HOLDER = `[globalThis.process?.getBuiltinModule?.("node:buffer")?.Buffer, globalThis.Buffer]
  .find((host) => host?.[Symbol.for("concurrent-futures.inspected")])?.[Symbol.for("concurrent-futures.inspected")]`;

/** One session, as long as it lasts. */
export class Inspection {
  /** How many values were looked at. */
  looks = 0;
  readonly #session: Session;
  readonly #holder: { value: unknown; values: Record<string, unknown> } = { value: undefined, values: {} };
  #holderId: string | undefined; // once it is needed
  #debugging = false;

  private constructor(session: Session) {
    this.#session = session;
  }

  static open(): Inspection {
    try {
      const session = new (loadInspector().Session)();
      session.connect();
      return new Inspection(session);
    } catch (error) {
      throw new InspectorUnavailable(messageOf(error), { cause: error });
    }
  }

  /** Disables what was enabled, until it is needed again. */
  rest(): void {
    this.#holder.value = undefined;
    this.#holder.values = {};
    if (!this.#debugging) return;
    this.#debugging = false;
    this.#post("Debugger.disable");
    this.#session.removeAllListeners();
  }

  close(): void {
    this.#session.disconnect();
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
      scopes: () => (scopes === undefined ? [] : this.#scopes(scopes)),
      target: () => (target === undefined ? undefined : this.#fetch(target)),
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
      arguments: [this.#holderRef(), { value: names }],
    });
    return new Map(Object.entries(values).filter(([, value]) => value !== undefined));
  }

  /** What is known of a script; undefined when V8 has let go of it. */
  script(id: string): ScriptFacts | undefined {
    if (!knownScripts.has(id)) this.#debug();
    return knownScripts.get(id);
  }

  /**
   * A script's URL; undefined when V8 has let go of it.
   *
   * First without the Debugger domain, which hashes every script when it is enabled (15 ms in a small program). The
   * Profiler domain knows the scripts of which something has run lately. This call changes nothing in V8 and needs no
   * domain to be enabled: disabling the Profiler again would end the program's own measuring of its coverage.
   */
  urlOf(id: string): string | undefined {
    const known = knownScripts.get(id)?.url ?? scriptUrls.get(id);
    if (known !== undefined) return known;
    if (process.memoryUsage().heapUsed <= SMALL_HEAP) {
      const { result } = this.#post("Profiler.getBestEffortCoverage") as Profiler.GetBestEffortCoverageReturnType;
      for (const { scriptId, url } of result) scriptUrls.set(scriptId, url);
    }
    return scriptUrls.get(id) ?? this.script(id)?.url;
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

  /** A value as the inspector calls it. */
  #idOf(value: unknown): string {
    this.looks += 1;
    this.#holder.value = value;
    const id = this.#evaluate(`${FIND_HOLDER}.value`);
    if (id === undefined) throw new InspectorUnavailable("it cannot see this code's objects");
    return id;
  }

  /** The holder as the inspector calls it. */
  #holderRef(): { objectId: string } {
    this.#holderId ??= this.#evaluate(FIND_HOLDER) ?? "";
    return { objectId: this.#holderId };
  }

  #evaluate(expression: string): string | undefined {
    const host = Buffer as unknown as Record<symbol, unknown>;
    Object.defineProperty(host, KEY, { value: this.#holder, configurable: true });
    try {
      return (this.#post("Runtime.evaluate", { expression }) as { result: Remote }).result.objectId;
    } finally {
      delete host[KEY];
    }
  }

  #fetch(objectId: string): unknown {
    this.#post("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: `function (holder) { "use strict"; holder.value = this; }`,
      arguments: [this.#holderRef()],
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
    if (failure !== null) throw new InspectorUnavailable(messageOf(failure), { cause: failure });
    if (answer === undefined) throw new InspectorUnavailable("it does not answer at once"); // as in Bun and Deno (I2)
    return answer;
  }
}

/** An Error's message; the protocol's errors are no Errors. */
function messageOf(failure: unknown): string {
  return String((failure as { message?: unknown } | null)?.message ?? failure);
}

function loadInspector(): typeof import("node:inspector") {
  const builtin = process.getBuiltinModule?.("node:inspector");
  return builtin ?? (createRequire(import.meta.url)("node:inspector") as typeof import("node:inspector"));
}
