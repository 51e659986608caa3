/** How the site's Markdown differs from VitePress's: only in what makes it read as on GitHub. */
import type { MarkdownRenderer } from "vitepress";

/** The id of a heading, as GitHub makes it, so that one link to it works there and here. */
export function slugify(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
    .replaceAll(" ", "-");
}

/** Lets `{{ ... }}` in a sentence be text. To Vue, which renders the pages, it would be a program. */
export function keepBraces(md: MarkdownRenderer): void {
  md.renderer.rules.text = (tokens, index) =>
    md.utils.escapeHtml(tokens[index]?.content ?? "").replaceAll("{{", "&#123;&#123;");
}

const CHINESE = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;

/** Lets a line end between two Chinese characters without a space there. */
export function joinChineseLines(md: MarkdownRenderer): void {
  const softbreak = md.renderer.rules.softbreak;
  md.renderer.rules.softbreak = (tokens, index, options, env, self) => {
    const before = [...(tokens[index - 1]?.content ?? "")].at(-1) ?? "";
    const after = [...(tokens[index + 1]?.content ?? "")].at(0) ?? "";
    if (CHINESE.test(before) && CHINESE.test(after)) return "";
    return softbreak?.(tokens, index, options, env, self) ?? "\n";
  };
}
