/** The configuration of VitePress, which takes it from docs/.vitepress/config.ts. */
import { join } from "node:path";
import { type DefaultTheme, defineConfig } from "vitepress";
import { brokenLinks } from "./check-links.js";
import { docsFolder } from "./folders.js";
import { joinChineseLines, keepBraces, slugify } from "./markdown.js";
import { allPages, apiSidebar, menu, sidebar, type Words } from "./pages.js";
import { linkRepositoryFiles } from "./repository-files.js";
import { searchTerms } from "./search.js";

const english: Words = {
  start: "Start",
  overview: "Overview",
  guides: "Guides",
  comingFrom: "Coming from",
  more: "More",
};
const chinese: Words = { start: "开始", overview: "概览", guides: "指南", comingFrom: "从其他库迁移", more: "更多" };

const pages = new Set(allPages());
const hasChinese = pages.has(join("zh", "index.md"));

const chineseTheme: DefaultTheme.Config = {
  nav: menu("zh/", chinese),
  sidebar: { "/zh/": sidebar("zh/", chinese) },
  outline: { level: [2, 3], label: "本页内容" },
  docFooter: { prev: "上一页", next: "下一页" },
  darkModeSwitchLabel: "主题",
  lightModeSwitchTitle: "切换到浅色模式",
  darkModeSwitchTitle: "切换到深色模式",
  sidebarMenuLabel: "菜单",
  returnToTopLabel: "回到顶部",
  langMenuLabel: "语言",
  notFound: { title: "找不到此页", quote: "", linkLabel: "回到首页", linkText: "回到首页" },
};

const base = process.env["SITE_BASE"] ?? "/";

export const config = defineConfig({
  base,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${base}icon.svg` }]],
  title: "concurrent-futures",
  description: "One Executor interface for threads, processes and machines: concurrent.futures for JavaScript",
  lang: "en",
  srcExclude: ["dist/**", "dist-test/**", "**/README.md"],
  locales: {
    root: { label: "English", lang: "en" },
    ...(hasChinese && { zh: { label: "中文", lang: "zh-CN", themeConfig: chineseTheme } }),
  },
  themeConfig: {
    logo: "/icon.svg",
    nav: menu("", english),
    sidebar: { "/api/": apiSidebar(), "/": sidebar("", english) },
    outline: { level: [2, 3] },
    externalLinkIcon: true,
    i18nRouting: false, // not every page is there in every language
    search: {
      provider: "local",
      options: {
        miniSearch: { options: { tokenize: searchTerms } },
        locales: {
          zh: {
            translations: {
              button: { buttonText: "搜索", buttonAriaLabel: "搜索" },
              modal: {
                displayDetails: "显示详细列表",
                resetButtonTitle: "清除",
                backButtonTitle: "关闭",
                noResultsText: "没有结果：",
                footer: { selectText: "选择", navigateText: "移动", closeText: "关闭" },
              },
            },
          },
        },
      },
    },
  },
  markdown: {
    anchor: { slugify },
    attrs: { disable: true }, // `{ concurrency: 2 }` at the end of a line is text
    config: (md) => {
      linkRepositoryFiles(md, (file) => pages.has(file.slice(docsFolder.length + 1)));
      joinChineseLines(md);
      keepBraces(md);
    },
  },
  vite: { build: { chunkSizeWarningLimit: 4096 } }, // the search index of the API is one chunk
  transformPageData: ({ relativePath, frontmatter }) => {
    if (/^(zh\/)?index\.md$/.test(relativePath)) frontmatter["pageClass"] = "overview";
    if (relativePath.startsWith("api/")) frontmatter["pageClass"] = "api";
  },
  buildEnd: ({ outDir, site }) => {
    const problems = brokenLinks(outDir, site.base);
    if (problems.length > 0) throw new Error(`Broken links:\n${problems.join("\n")}`);
  },
});
