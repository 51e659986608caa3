/**
 * Links to files of the repository that are no pages: sources, examples, folders. On GitHub they work as they are. On
 * the site they lead to the repository, or, where package.json names none, the file's path stands there instead.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { MarkdownRenderer } from "vitepress";
import { docsFolder, rootFolder } from "./folders.js";

type Token = ReturnType<MarkdownRenderer["parse"]>[number];

export function linkRepositoryFiles(md: MarkdownRenderer, isPage: (file: string) => boolean): void {
  const repository = repositoryUrl();
  md.core.ruler.push("repository-files", (state) => {
    const page: string = state.env.path ?? join(docsFolder, "index.md");
    for (const { children } of state.tokens) {
      if (children === null) continue;
      for (let index = 0; index < children.length; index++) {
        const open = children[index];
        const file = open?.type === "link_open" ? linkedFile(page, String(open.attrGet("href"))) : undefined;
        if (open === undefined || file === undefined || isPage(file)) continue;
        if (!existsSync(file)) throw new Error(`${show(page)} links to ${show(file)}, which does not exist`);
        if (repository)
          open.attrSet("href", `${repository}/${statSync(file).isDirectory() ? "tree" : "blob"}/HEAD/${show(file)}`);
        else {
          const close = children.findIndex((token, at) => at > index && token.type === "link_close");
          const label = children.slice(index + 1, close);
          const path = new state.Token("code_inline", "code", 0);
          path.content = show(file);
          children.splice(index, close - index + 1, ...withoutLink(label, path, () => new state.Token("text", "", 0)));
        }
      }
    }
  });
}

/** The file that a relative link means. */
function linkedFile(page: string, href: string): string | undefined {
  const [path = ""] = href.split(/[?#]/);
  if (path === "" || path.startsWith("/") || /^[a-z][a-z+.-]*:/i.test(path)) return undefined;
  return resolve(dirname(page), decodeURI(path));
}

/** `process.ts` becomes its path; other words stay, and the path follows them. */
function withoutLink(label: readonly Token[], path: Token, newText: () => Token): Token[] {
  const words = label.map(({ content }) => content).join("");
  if (path.content.endsWith(words.replace(/\/$/, ""))) return [path];
  const [before, after] = [newText(), newText()];
  before.content = " (";
  after.content = ")";
  return [...label, before, path, after];
}

/** A path as people write it, from the repository's root. */
const show = (file: string) => relative(rootFolder, file).split(sep).join("/");

function repositoryUrl(): string | undefined {
  for (const manifest of ["package.json", "packages/concurrent-futures/package.json"]) {
    const { repository } = JSON.parse(readFileSync(join(rootFolder, manifest), "utf8")) as {
      repository?: string | { url: string };
    };
    const url = typeof repository === "string" ? repository : repository?.url;
    if (url === undefined) continue;
    return url
      .replace(/^github:/, "https://github.com/")
      .replace(/^git\+/, "")
      .replace(/\.git$/, "");
  }
  return undefined;
}
