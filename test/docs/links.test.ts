import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { packageRoot } from "../../src/base/home.js";

interface Link {
  page: string;
  target: string;
}

/** Pages for people: those of the root, of docs/ and of models/. */
function pages(): string[] {
  const markdown = (folder: string, recursive: boolean) =>
    readdirSync(join(packageRoot, folder), { recursive, encoding: "utf8" })
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name));
  return [...markdown(".", false), ...markdown("docs", true), ...markdown("models", false)];
}

function textOf(page: string): string {
  return readFileSync(join(packageRoot, page), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
}

function linksOf(page: string): Link[] {
  const text = textOf(page).replaceAll(/`[^`]*`/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target]) => ({ page, target: target! }))
    .filter(({ target }) => !/^(https?|mailto):/.test(target));
}

/** A page's headings as GitHub makes anchors of them. */
function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...textOf(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) => {
    const slug = heading!
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .trim()
      .replaceAll(/\s/g, "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

/** What is wrong with a link, or undefined. */
function troubleOf({ page, target }: Link): string | undefined {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? page : join(dirname(page), decodeURIComponent(path));
  if (!existsSync(join(packageRoot, file))) return `${page} links to ${target}, which does not exist`;
  if (anchor === undefined || statSync(join(packageRoot, file)).isDirectory()) return undefined;
  return anchorsOf(file).includes(anchor) ? undefined : `${page} links to ${target}: no such heading`;
}

test("links between pages lead to files and headings that exist", () => {
  const links = pages().flatMap(linksOf);
  assert.ok(links.length > 200, `${links.length} links`);
  assert.deepEqual(links.map(troubleOf).filter(Boolean), []);
});

test("every page of docs/ can be reached from the README", () => {
  const reached = new Set<string>();
  const visit = (page: string): void => {
    if (reached.has(page)) return;
    reached.add(page);
    for (const { target } of linksOf(page)) {
      const path = target.split("#")[0]!;
      const file = path === "" ? page : join(dirname(page), path);
      if (file.endsWith(".md") && existsSync(join(packageRoot, file))) visit(file);
    }
  };
  visit("README.md");
  const lost = pages().filter((page) => page.startsWith("docs") && !reached.has(page));
  assert.deepEqual(lost, []);
});
