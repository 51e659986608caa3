import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { apiPackages } from "../dist/site/api-packages.js";
import { brokenLinks } from "../dist/site/check-links.js";
import { slugify } from "../dist/site/markdown.js";
import { searchTerms } from "../dist/site/search.js";
import { browserPath, hasBrowser, open, startBrowser, watch } from "./site/browser.js";
import { exportedNames } from "./site/exported-names.js";
import { serve } from "./site/static-server.js";

const docs = fileURLToPath(new URL("../", import.meta.url));
const BASE = "/some/where/"; // a site that works there works at the root of a server, too

let folder = "";
let site = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "site-"));
  site = join(folder, "site");
  await new Promise<void>((resolve, reject) => {
    execFile(
      process.execPath,
      [join(docs, "dist/site/build.js"), "--base", BASE, "--out", site],
      { timeout: 1_170_000, killSignal: "SIGKILL", env: { ...process.env, NODE_ENV: "production" } }, // Jest says "test"
      (error, stdout, stderr) => (error ? reject(new Error(`${error.message}\n${stdout}\n${stderr}`)) : resolve()),
    );
  });
}, 1_200_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filesIn = (where: string, ending: string) =>
  readdirSync(where, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(ending));

describe("the site", () => {
  test("has a page for each Markdown file", () => {
    const written = ["", "guides", "zh"]
      .filter((section) => existsSync(join(docs, section)))
      .flatMap((section) => readdirSync(join(docs, section)).map((file) => join(section, file)))
      .filter((file) => file.endsWith(".md"))
      .map((file) => file.replace(/\.md$/, ".html"));
    const pages = filesIn(site, ".html");
    expect(written.filter((file) => !pages.includes(file))).toEqual([]);
    expect(pages).toContain(join("api", "core", "functions", "asCompleted.html"));
  });

  test("has no link or anchor that leads nowhere, and loads nothing from elsewhere", () => {
    expect(brokenLinks(site, BASE)).toEqual([]);
  });

  test("shows where there is a page in the menus of its language", () => {
    const html = readFileSync(join(site, "index.html"), "utf8");
    const pages = ["", "guides"]
      .filter((section) => existsSync(join(docs, section)))
      .flatMap((section) => readdirSync(join(docs, section)).map((file) => join(section, file)))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `href="${BASE}${file.replace(/(index)?\.md$/, (_, index) => (index ? "" : ".html"))}"`);
    expect(pages.filter((link) => !html.includes(link))).toEqual([]);
  });
});

describe("Markdown", () => {
  test("a file of the repository that is no page is named, or linked to where the repository is", () => {
    const html = readFileSync(join(site, "decisions.html"), "utf8");
    expect(html).toContain("packages/shared/src/bell.ts");
    expect(html).not.toMatch(/href="(?!https:)[^"]*bell\.ts"/);
  });

  test("braces in prose are text", () => {
    expect(readFileSync(join(docs, "benchmarks.md"), "utf8")).toContain("tasksQueueOptions: { concurrency: ");
    expect(readFileSync(join(site, "benchmarks.html"), "utf8")).toContain("tasksQueueOptions: { concurrency: ");
  });

  test.each([
    ["Every difference, numbered", "every-difference-numbered"],
    ["What's `asCompleted()`?", "whats-ascompleted"],
    ["共享内存：锁与队列", "共享内存锁与队列"],
  ])("the heading %s has GitHub's id", (heading, id) => {
    expect(slugify(heading)).toBe(id);
  });
});

describe("the check of links", () => {
  const check = (files: Readonly<Record<string, string>>) => {
    const where = mkdtempSync(join(folder, "links-"));
    for (const [file, html] of Object.entries(files)) {
      mkdirSync(dirname(join(where, file)), { recursive: true });
      writeFileSync(join(where, file), html);
    }
    return brokenLinks(where, "/base/");
  };

  test("finds nothing wrong with links that work", () => {
    const links = ["/base/", "/base/a/b.html", "a/b#there", "#here", "https://example.org/", "icon.svg"];
    const html = links.map((link) => `<a href="${link}">x</a>`).join("");
    const b = '<h2 id="there">x</h2><a href="../index.html#here">x</a>';
    expect(check({ "index.html": `<p id="here"></p>${html}`, "a/b.html": b, "icon.svg": "" })).toEqual([]);
  });

  test.each([
    ["a page that is not there", '<a href="/base/none.html">x</a>'],
    ["a page outside of the site", '<a href="/index.html">x</a>'],
    ["an anchor that is not there", '<a href="#nowhere">x</a>'],
    ["a picture that is not there", '<img src="none.png">'],
    ["a script from elsewhere", '<script src="https://example.org/x.js"></script>'],
    ["a font from elsewhere", '<link rel="preload" href="//example.org/x.woff2">'],
  ])("finds %s", (_, html) => {
    expect(check({ "index.html": html })).toHaveLength(1);
  });
});

describe("the API pages", () => {
  const packages = apiPackages();
  const pageOf = (name: string) => {
    const [file] = filesIn(join(docs, "api"), `${name}.md`).filter(
      (path) => /[^\\/]+$/.exec(path)?.[0] === `${name}.md`,
    );
    return file === undefined ? undefined : readFileSync(join(docs, "api", file), "utf8");
  };

  test("all packages that are published have them", () => {
    expect(packages.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["concurrent-futures", "@concurrent-futures/core", "@concurrent-futures/testkit"]),
    );
    for (const { folder: each, name } of packages) {
      expect(readFileSync(join(docs, "api", each, "index.md"), "utf8")).toContain(`# ${name}\n`);
    }
  });

  test.each(packages)("each name that $name exports has a page and a docstring", ({ folder: each }) => {
    const names = exportedNames(each);
    expect(names.length).toBeGreaterThan(0);
    const index = readFileSync(join(docs, "api", each, "index.md"), "utf8").replaceAll("\\", "");
    expect(names.filter((name) => !new RegExp(`\\[\`?${name}\\b`).test(index))).toEqual([]);
    expect(names.filter((name) => pageOf(name) === undefined)).toEqual([]);
    expect(names.filter((name) => summaryOf(pageOf(name) ?? "") === "")).toEqual([]);
  });

  test("a page shows the signature, what is thrown, and the Python function", () => {
    const page = pageOf("asCompleted") ?? "";
    expect(page).toContain("function asCompleted<F extends Future<unknown>>(\n  futures: Iterable<F>,");
    expect(page).toMatch(/## Throws\n\n`TypeError` or `RangeError`: at once/);
    expect(page).toContain("\n\nThe iteration throws `TimeoutError`");
    expect(page).toContain("\n\nSemantics: concurrent.futures.as_completed, Python 3.14.\n");
  });

  test("what is said of a single option is kept", () => {
    expect(pageOf("Future")).toContain("`timeout`: milliseconds to wait; 0 looks at the present state only");
  });
});

/** What a page says before its first section, or in its first call signature. */
function summaryOf(page: string): string {
  const [, body = ""] = page.split(/<p class="from">.*<\/p>\n/);
  const sections = body.replaceAll(/```.*?```/gs, "").split(/^## /m);
  const [beginning = "", first = ""] = sections.map((section) => section.trim());
  return (
    beginning ||
    (first.startsWith("Call Signature\n") ? (first.slice("Call Signature\n".length).split(/^#/m)[0] ?? "") : "").trim()
  );
}

describe("words of the search", () => {
  test.each([
    ["asCompleted", ["asCompleted", "as", "Completed"]],
    ["as_completed", ["as", "completed"]],
    ["ERR_TIMEOUT (milliseconds)", ["ERR", "TIMEOUT", "milliseconds"]],
    ["线程和进程", ["线程", "程和", "和进", "进程"]],
    ["用Node运行", ["运行", "用", "Node"]],
  ])("%s", (text, words) => {
    expect(searchTerms(text).sort()).toEqual([...words].sort());
  });
});

// In CI a missing browser is a failure.
const inBrowser = hasBrowser || process.env["CI"] === "true";
if (!inBrowser) {
  console.log(
    `The site is not looked at in a browser: no ${browserPath}: apt-get install chromium, or set CHROMIUM to one`,
  );
}

(inBrowser ? describe : describe.skip)("in a browser", () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Awaited<ReturnType<typeof startBrowser>>;
  let context: BrowserContext;
  const address = (path: string) => `${server.origin}${BASE}${path}`;

  beforeAll(async () => {
    server = await serve(site, BASE);
    browser = await startBrowser();
    context = browser.context;
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Opens pages in one tab. None may have had trouble when `look` is through with it. */
  async function visit(paths: Iterable<string>, look: (page: Page) => Promise<void>, width = 1280): Promise<void> {
    const page = await context.newPage();
    try {
      const problems = watch(page, server.origin);
      await page.setViewportSize({ width, height: 844 });
      for (const path of paths) {
        await open(page, address(path));
        await look(page);
        expect({ path, problems }).toEqual({ path, problems: [] });
      }
    } finally {
      await page.close();
    }
  }

  test("each page loads without trouble, and on a phone nothing is wider than the screen", async () => {
    // Two visitors take turns at one iterator.
    const pages = filesIn(site, ".html")
      .filter((file) => file !== "404.html")
      .values();
    const look = async (page: Page) => {
      expect(await page.locator("h1").first().textContent()).toMatch(/\S/);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect({ url: page.url(), width }).toEqual({ url: page.url(), width: 390 });
    };
    await Promise.all([visit(pages, look, 390), visit(pages, look, 390)]);
  }, 1_200_000);

  test.each(["asCompleted", "as_completed"])(
    "searching for %s finds its page, which shows the signature",
    async (words) => {
      await visit([""], async (page) => {
        await page.locator(".DocSearch-Button").click();
        await page.locator(".search-input").fill(words);
        await page.locator('.result[href*="/api/core/functions/asCompleted.html"]').first().click();
        await page.locator("h1", { hasText: "asCompleted()" }).waitFor();
        expect(await page.locator(".vp-doc pre").first().textContent()).toContain("futures: Iterable<F>");
      });
    },
    300_000,
  );

  test("the theme can be made dark, and stays so", async () => {
    await visit([""], async (page) => {
      await page.locator("html:not(.dark)").waitFor();
      const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await page.locator(".VPNavBarAppearance .VPSwitch").click();
      await page.locator("html.dark").waitFor();
      await page.waitForFunction((before) => getComputedStyle(document.body).backgroundColor !== before, light);
      await page.reload();
      await page.locator("html.dark").waitFor();
    });
  });

  test("on a phone the menus open and lead to the pages", async () => {
    await visit(
      [""],
      async (page) => {
        await page.locator(".VPLocalNav button.menu").click();
        await page.locator(".VPSidebar a", { hasText: "Coming from Python" }).click();
        await page.locator("h1", { hasText: "Coming from Python" }).waitFor();
      },
      390,
    );
  });

  (existsSync(join(docs, "zh/index.md")) ? test : test.skip)(
    "the Chinese pages are reached, and can be searched",
    async () => {
      await visit([""], async (page) => {
        await page.locator(".VPNavBarTranslations button").hover();
        await page.locator(".VPNavBarTranslations a", { hasText: "中文" }).click();
        await page.locator('html[lang="zh-CN"]').waitFor();
        expect(new URL(page.url()).pathname).toBe(`${BASE}zh/`);
        await page.locator(".DocSearch-Button").click();
        await page.locator(".search-input").fill("线程");
        await page.locator('.result[href*="/zh/"]').first().waitFor();
      });
    },
    300_000,
  );
});
