/**
 * The public surface of an entry, as text: what it exports, sorted by name, and below it the types of the same package
 * that those mention and that are not exported. Comments are left out, so that only a change of the surface shows.
 *
 * api-extractor (7.60), which is made for this, ends with an internal error where a declaration mentions `URL` of
 * @types/node, and says of concurrent-futures no more than `export *`.
 */
import { relative, sep } from "node:path";
import ts from "typescript";
import { type Entry, packagesFolder } from "./packages.js";

/** Reports by the paths where they are kept. */
export function reportsOf(entries: readonly Entry[]): Map<string, string> {
  const program = ts.createProgram(
    entries.map(({ types }) => types),
    {
      target: ts.ScriptTarget.ES2022,
      lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: ["node"],
      strict: true,
      noEmit: true,
    },
  );
  return new Map(entries.map((entry) => [entry.report, new Surface(program, entry).toString()]));
}

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

class Surface {
  readonly #checker: ts.TypeChecker;
  readonly #entry: Entry;
  /** Declarations of exports by the exports' names. */
  readonly #exported = new Map<string, string>();
  /** Declarations of what the others mention. */
  readonly #mentioned: string[] = [];
  readonly #seen = new Set<ts.Symbol>();

  constructor(program: ts.Program, entry: Entry) {
    this.#checker = program.getTypeChecker();
    this.#entry = entry;
    const file = program.getSourceFile(entry.types);
    const module = file && this.#checker.getSymbolAtLocation(file);
    const exports = module === undefined ? [] : this.#checker.getExportsOfModule(module);
    const targets = exports.map((symbol) => [symbol.name, this.#targetOf(symbol)] as const);
    for (const [, target] of targets) this.#seen.add(target);
    for (const [name, target] of targets) this.#exported.set(name, this.#exportOf(name, target));
  }

  toString(): string {
    const exported = [...this.#exported].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
    const mentioned = this.#mentioned.sort();
    return [
      `# ${this.#entry.specifier}`,
      "What it exports, written down by `npm run api`, so that a change of it shows.",
      exported.length === 0 ? "Nothing." : block(exported),
      ...(mentioned.length === 0 ? [] : ["Not exported, but part of those:", block(mentioned)]),
    ]
      .join("\n\n")
      .concat("\n");
  }

  #targetOf(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  #exportOf(name: string, target: ts.Symbol): string {
    const declarations = target.declarations ?? [];
    const stranger = declarations.find((declaration) => !this.#isOwn(declaration));
    if (stranger !== undefined) return `export { ${name} } from "${this.#homeOf(stranger)}";`;
    const text = this.#declare(declarations);
    return target.name === name ? `export ${text}` : `${text}\nexport { ${target.name} as ${name} };`;
  }

  #declare(declarations: readonly ts.Declaration[]): string {
    const statements = new Set(declarations.map(statementOf));
    return [...statements].map((statement) => this.#print(statement)).join("\n");
  }

  #print(statement: ts.Node): string {
    this.#visit(statement);
    const text = printer.printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile());
    return text.replace(/^(export )?(default )?(declare )?/, "");
  }

  /** Adds what a declaration mentions of this package. */
  #visit(node: ts.Node): void {
    if (ts.isIdentifier(node)) {
      const symbol = this.#checker.getSymbolAtLocation(node);
      if (symbol !== undefined) this.#mention(this.#targetOf(symbol));
    }
    node.forEachChild((child) => this.#visit(child));
  }

  #mention(symbol: ts.Symbol): void {
    const declarations = symbol.declarations ?? [];
    const isDeclaredHere = declarations.some((each) => this.#isOwn(each) && ts.isSourceFile(statementOf(each).parent));
    if (!isDeclaredHere || this.#seen.has(symbol)) return;
    this.#seen.add(symbol);
    this.#mentioned.push(this.#declare(declarations));
  }

  #isOwn(declaration: ts.Declaration): boolean {
    return !relative(this.#entry.home, declaration.getSourceFile().fileName).startsWith("..");
  }

  /** The package that declares something. */
  #homeOf(declaration: ts.Declaration): string {
    const { fileName } = declaration.getSourceFile();
    const [folder = ""] = relative(packagesFolder, fileName).split(sep);
    return folder === "concurrent-futures" ? folder : `@concurrent-futures/${folder}`;
  }
}

/** The statement that a declaration is, or is part of: `const a = 1`. */
function statementOf(declaration: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

function block(declarations: readonly string[]): string {
  return `\`\`\`ts\n${declarations.join("\n\n")}\n\`\`\``;
}
