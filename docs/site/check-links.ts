/** Looks at a built site as a visitor's browser would: does each link lead to a page, and each anchor to a place in it? */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What is wrong with a site in `folder` that is served under `base`; empty when nothing is. */
export function brokenLinks(folder: string, base: string): string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html"));
  const sources = new Map(pages.map((page) => [page, readFileSync(join(folder, page), "utf8")]));
  const ids = new Map([...sources].map(([page, html]) => [page, new Set(attributes(html, "id"))]));

  /** The file that a path means, as a static server finds it. */
  const fileOf = (path: string): string | undefined => {
    const candidates = path === "" || path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`];
    return candidates.find((file) => existsSync(join(folder, file)) && statSync(join(folder, file)).isFile());
  };

  const problems: string[] = [];
  for (const [page, html] of sources) {
    const here = new URL(`${base}${page}`, "http://site.invalid");
    for (const link of new Set([...attributes(html, "href"), ...attributes(html, "src")])) {
      const url = new URL(link, here);
      if (url.origin !== here.origin) continue;
      const path = decodeURI(url.pathname);
      const file = path.startsWith(base) ? fileOf(path.slice(base.length)) : undefined;
      const anchor = decodeURIComponent(url.hash.slice(1));
      if (file === undefined) problems.push(`${page}: ${link} leads nowhere`);
      else if (anchor !== "" && ids.get(file)?.has(anchor) === false) problems.push(`${page}: no ${link} there`);
    }
    for (const [, tag] of html.matchAll(/<((?:script|link|img|iframe|source)\b[^>]*)>/g)) {
      const [address] = [...attributes(` ${tag}`, "src"), ...attributes(` ${tag}`, "href")];
      if (address && /^(https?:)?\/\//.test(address)) problems.push(`${page}: loads ${address} from elsewhere`);
    }
  }
  return problems;
}

function attributes(html: string, name: string): string[] {
  return [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, "g"))].map(([, value = ""]) =>
    value.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'"),
  );
}
