/** Scripts of this thread, parsed, the last few kept: functions that are submitted mostly come from few files. */
import { SourceMap } from "node:module";
import { TaskReferenceError } from "@concurrent-futures/core";
import type { AnyNode, Program } from "acorn";
import type { Inspection, Location, ScriptFacts } from "./inspection.js";
import { commonJsExports, type Export, esExports } from "./module-exports.js";
import { parseScript, pathTo } from "./syntax.js";
import { normalUrl } from "./urls.js";

const KEPT = 16;
const kept = new Map<string, ParsedScript>(); // by script id, least recently used first

/** The script with this id, parsed; undefined when V8 has let go of it. */
export function parsedScript(inspection: Inspection, id: string): ParsedScript | undefined {
  const known = kept.get(id);
  kept.delete(id);
  const facts = inspection.script(id);
  if (facts === undefined) return undefined;
  // Node's own scripts are not worth reading: what matters of them is the name.
  const source = () => (facts.url.startsWith("node:") ? "" : inspection.source(id));
  const script = known ?? new ParsedScript(facts, source());
  kept.set(id, script);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return script;
}

/** One script. */
export class ParsedScript {
  readonly url: string;
  readonly isModule: boolean;
  readonly source: string;
  /** Undefined when acorn does not understand the text. */
  readonly program: Program | undefined;
  readonly #facts: ScriptFacts;
  readonly #lineStarts: number[] = [0];
  #exports: readonly Export[] | undefined;
  #map: SourceMap | null | undefined; // undefined until asked for

  constructor(facts: ScriptFacts, source: string) {
    this.#facts = facts;
    this.url = normalUrl(facts.url);
    this.isModule = facts.isModule;
    this.source = source;
    this.program = tryParse(source, facts.isModule ? "module" : "script");
    for (const end of source.matchAll(/\r\n?|[\n\u2028\u2029]/g)) this.#lineStarts.push(end.index + end[0].length);
  }

  /** What the module exports, by its text. */
  get exports(): readonly Export[] {
    if (this.program === undefined) return [];
    this.#exports ??= this.isModule ? esExports(this.program) : commonJsExports(this.program);
    return this.#exports;
  }

  /** The nodes from the program down to the function or class that V8 places at a location. */
  pathAt(location: Location): AnyNode[] {
    if (this.program === undefined) return [];
    const line = location.line - this.#facts.startLine;
    const column = line === 0 ? location.column - this.#facts.startColumn : location.column;
    return pathTo(this.program, (this.#lineStarts[line] ?? 0) + column);
  }

  /** Line and column, counted from 0, of a place in the text, as stack traces count. */
  positionOf(offset: number): { line: number; column: number } {
    let line = this.#lineStarts.findLastIndex((start) => start <= offset);
    let column = offset - (this.#lineStarts[line] ?? 0);
    if (line === 0) column += this.#facts.startColumn;
    line += this.#facts.startLine;
    return { line, column };
  }

  /** The line, counted from 1, in the file that people wrote, where the script carries its source map. */
  writtenLine(line: number, column: number): number {
    if (this.#map === undefined) this.#map = readSourceMap(this.source);
    const entry = this.#map?.findEntry(line, column);
    return entry !== undefined && "originalLine" in entry ? entry.originalLine + 1 : line + 1;
  }
}

/** The source map at the end of a script's text, as tsx and Vite leave it there; null when there is none. */
function readSourceMap(source: string): SourceMap | null {
  const start = source.lastIndexOf("\n//# sourceMappingURL=data:application/json");
  const [, data] = start === -1 ? [] : (/;base64,([\w+/=]+)/.exec(source.slice(start)) ?? []);
  if (data === undefined) return null;
  try {
    return new SourceMap(JSON.parse(Buffer.from(data, "base64").toString()));
  } catch {
    return null;
  }
}

function tryParse(source: string, kind: "module" | "script"): Program | undefined {
  try {
    return parseScript(source, kind);
  } catch (error) {
    if (error instanceof TaskReferenceError) throw error; // there is no parser
    return undefined;
  }
}
