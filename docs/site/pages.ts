/**
 * The pages that there are, and the sidebars and menus made of them, so that a page which is added appears by itself.
 * Its title is its first heading. Its place is given by a section's list; one that is not in there comes last.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DefaultTheme } from "vitepress";
import { apiPackages } from "./api-packages.js";
import { docsFolder } from "./folders.js";

/** What a language calls the parts of the site. */
export interface Words {
  readonly start: string;
  readonly overview: string;
  readonly guides: string;
  readonly comingFrom: string;
  readonly more: string;
}

interface Page {
  /** From docs/, without `.md`. */
  readonly path: string;
  readonly name: string;
  readonly title: string;
}

const GUIDES = [
  ...["choosing-an-executor", "functions-and-modules", "cancelling-and-time-limits", "errors-and-crashes"],
  ...["sharing-memory", "streams-and-backpressure", "testing", "typescript-and-bundlers", "containers"],
  ...["many-machines", "write-an-executor"],
];
const COMING_FROM = ["coming-from-python", "coming-from-piscina", "coming-from-workerpool", "coming-from-threads"];
const START = ["index", "tutorial"];
const MORE = ["benchmarks", "design", "decisions"];

/** Every page of the site, from docs/. */
export function allPages(): string[] {
  return ["", "guides", "zh", "zh/guides", "api"]
    .filter((folder) => existsSync(join(docsFolder, folder)))
    .flatMap((folder) =>
      readdirSync(join(docsFolder, folder), { recursive: folder === "api", encoding: "utf8" })
        .filter((file) => file.endsWith(".md"))
        .map((file) => join(folder, file)),
    );
}

/** The sidebar beside the pages of a language's folder, `""` or `"zh/"`. */
export function sidebar(folder: string, words: Words): DefaultTheme.SidebarItem[] {
  const { start, guides, comingFrom, more } = sections(folder, words);
  return [
    { text: words.start, items: start },
    { text: words.guides, items: guides },
    { text: words.comingFrom, items: comingFrom },
    { text: words.more, items: [...more, { text: "API", link: "/api/" }] },
  ].filter(({ items }) => items.length > 0);
}

/** The menu on top. */
export function menu(folder: string, words: Words): DefaultTheme.NavItem[] {
  const { start, guides, comingFrom, more } = sections(folder, words);
  const tutorial = start.filter(({ link }) => link.endsWith("/tutorial"));
  const lists = [
    { text: words.guides, items: guides },
    { text: words.comingFrom, items: comingFrom },
  ];
  return [
    ...tutorial,
    ...lists.filter(({ items }) => items.length > 0),
    { text: "API", link: "/api/", activeMatch: "^/api/" },
    ...(more.length > 0 ? [{ text: words.more, items: more }] : []),
  ];
}

/** The sidebar beside the API pages: each package and, folded, its names. */
export function apiSidebar(): DefaultTheme.SidebarItem[] {
  return apiPackages()
    .filter(({ folder }) => existsSync(join(docsFolder, "api", folder)))
    .map(({ folder }) => {
      const here = join(docsFolder, "api", folder);
      const kinds = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
      const items = kinds
        .flatMap((kind) => readdirSync(join(here, kind.name)).map((file) => ({ kind: kind.name, file })))
        .filter(({ file }) => file.endsWith(".md"))
        .map(({ kind, file }) => ({ text: file.slice(0, -3), link: `/api/${folder}/${kind}/${file.slice(0, -3)}` }))
        .sort((a, b) => (a.text.toLowerCase() < b.text.toLowerCase() ? -1 : 1));
      const link = `/api/${folder}/`;
      return items.length > 0 ? { text: folder, link, items, collapsed: true } : { text: folder, link };
    });
}

type Link = { text: string; link: string };

function sections(folder: string, words: Words): Record<"start" | "guides" | "comingFrom" | "more", Link[]> {
  const pages = pagesIn(folder);
  const isComing = ({ name }: Page) => name.startsWith("coming-from-");
  const isStart = ({ name }: Page) => START.includes(name);
  const toLink = ({ path, title, name }: Page): Link => ({
    text: name === "index" ? words.overview : title,
    link: `/${path.replace(/index$/, "")}`,
  });
  return {
    start: sorted(pages.filter(isStart), START).map(toLink),
    guides: sorted(pagesIn(`${folder}guides/`), GUIDES).map(toLink),
    comingFrom: sorted(pages.filter(isComing), COMING_FROM).map(toLink),
    more: sorted(
      pages.filter((page) => !isStart(page) && !isComing(page)),
      MORE,
    ).map(toLink),
  };
}

function pagesIn(folder: string): Page[] {
  if (!existsSync(join(docsFolder, folder))) return [];
  return readdirSync(join(docsFolder, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => {
      const name = file.slice(0, -".md".length);
      return { name, path: `${folder}${name}`, title: titleOf(join(docsFolder, folder, file)) ?? name };
    });
}

function titleOf(file: string): string | undefined {
  return /^# (.+)$/m.exec(readFileSync(file, "utf8"))?.[1]?.replaceAll("`", "");
}

function sorted(pages: readonly Page[], order: readonly string[]): Page[] {
  const place = ({ name }: Page) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...pages].sort((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
}
