/**
 * The API pages: TypeDoc reads the packages' index.ts and writes Markdown into docs/api, of which VitePress makes pages.
 *
 *   docs/api/index.md                          the packages                              (api-index.ts)
 *   docs/api/concurrent-futures/index.md       all names that programs import            (api-index.ts)
 *   docs/api/core/index.md                     a package and its names
 *   docs/api/core/functions/asCompleted.md     a name
 */
import { join } from "node:path";
import {
  Application,
  Converter,
  type DeclarationReflection,
  type ProjectReflection,
  type Reflection,
  ReflectionKind,
  type TypeDocOptions,
} from "typedoc";
import { MarkdownPageEvent, type PluginOptions } from "typedoc-plugin-markdown";
import { arrangeComment } from "./api-comments.js";
import { type ApiName, docstring, writeNamesPage, writePackagesPage } from "./api-index.js";
import { tidyPage } from "./api-markdown.js";
import { type ApiPackage, apiPackages, UMBRELLA } from "./api-packages.js";
import { docsFolder, packagesFolder } from "./folders.js";

const BEFORE_TAGS_ARE_DEALT_OUT = 1000; // a tag goes to the parameter that it speaks of

/** Writes the pages; fails where a docstring cannot be understood. */
export async function writeApi(out: string = join(docsFolder, "api")): Promise<void> {
  const packages = apiPackages();
  const { app, project } = await readPackages(packages, out);
  const exported = new Set(namesOf(project, UMBRELLA));
  const names: ApiName[] = [];

  app.renderer.on(MarkdownPageEvent.END, (page) => {
    const reflection = page.model as DeclarationReflection;
    const owner = packages.find(({ folder }) => folder === reflection.parent?.name);
    if (owner === undefined) return;
    if (exported.has(reflection)) names.push({ reflection, page: page.url });
    const from = exported.has(reflection) ? [UMBRELLA, owner.name] : [owner.name];
    const line = `${kindOf(reflection)} of ${from.map((each) => `<code>${each}</code>`).join(" and ")}`;
    const contents = (page.contents ?? "").replace(/^# .*$/m, (title) => `${title}\n\n<p class="from">${line}</p>`);
    page.contents = tidyPage(contents);
  });
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("TypeDoc complains, see above");
  writePackagesPage(out, packages);
  for (const owner of packages.filter(({ folder }) => folder === UMBRELLA)) writeNamesPage(out, owner, names);
}

/** What TypeDoc finds in the packages, with their docstrings arranged. */
export async function readPackages(
  packages: readonly ApiPackage[],
  out: string,
): Promise<{ app: Application; project: ProjectReflection }> {
  const options: TypeDocOptions & Partial<PluginOptions> = {
    // A name belongs to the first package that has it, so those that others pass on come first, and the umbrella last.
    entryPoints: [...packages]
      .sort((a, b) => rank(a) - rank(b))
      .map(({ folder }) => join(packagesFolder, folder, "src/index.ts")),
    tsconfig: join(docsFolder, "site/tsconfig.typedoc.json"),
    plugin: [import.meta.resolve("typedoc-plugin-markdown")],
    out,
    name: "API",
    readme: "none",
    router: "member",
    skipErrorChecking: true, // each package is checked with settings of its own
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    preservedTypeAnnotationTags: ["@throws"],
    entryFileName: "index",
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useCodeBlocks: true,
    expandParameters: true,
    sanitizeComments: true,
    indexFormat: "table",
    parametersFormat: "table",
    pageTitleTemplates: {
      member: "{name}",
      module: ({ name = "" }) => packages.find(({ folder }) => folder === name)?.name ?? name,
    },
    logLevel: "Warn",
  };
  const app = await Application.bootstrapWithPlugins(options);
  app.converter.on(
    Converter.EVENT_RESOLVE_BEGIN,
    ({ project }) => {
      for (const module of project.children ?? []) module.name = module.name.replace(/\/src$/, "");
      for (const reflection of Object.values(project.reflections)) {
        const { comment } = reflection;
        if (comment) arrangeComment(comment);
        // How instances cross is between the classes and the codec.
        else if (/^\[(de)?serialize\]$/.test(reflection.name) && !hasDocstring(reflection))
          project.removeReflection(reflection);
      }
    },
    BEFORE_TAGS_ARE_DEALT_OUT,
  );
  const project = await app.convert();
  if (project === undefined) throw new Error("TypeDoc could not read the packages, see above");
  return { app, project };
}

/** What can be imported from a package. */
export function namesOf(project: ProjectReflection, folder: string): DeclarationReflection[] {
  const owner = project.children?.find(({ name }) => name === folder);
  return (owner?.children ?? []).map((name) =>
    name.isReference() ? (name.getTargetReflectionDeep() as DeclarationReflection) : name,
  );
}

function hasDocstring(reflection: Reflection): boolean {
  return reflection.isDeclaration() && docstring(reflection) !== "";
}

function rank({ folder }: ApiPackage): number {
  if (folder === UMBRELLA) return 2;
  return folder === "core" || folder === "worker-pool" ? 0 : 1;
}

const kindOf = ({ kind }: DeclarationReflection) => ReflectionKind.singularString(kind).toLowerCase();
