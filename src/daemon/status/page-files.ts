import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { packageRoot } from "../../base/home.js";

const FOLDER = join(packageRoot, "dist", "web");

/** What the page is made of, by the ending of its files. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The plotting library's files, by the names that the page knows them by. */
const LIBRARY: ReadonlyMap<string, string> = new Map([
  ["uplot.js", "uplot/dist/uPlot.esm.js"],
  ["uplot.css", "uplot/dist/uPlot.min.css"],
]);

const require = createRequire(import.meta.url);

export interface PageFile {
  type: string;
  bytes: Uint8Array;
}

let names: Promise<ReadonlySet<string>> | undefined;

/** The page's file of a target, `/` for the page itself, or undefined. What a target says is compared with the names that there are, never joined to a folder. */
export async function pageFile(target: string): Promise<PageFile | undefined> {
  names ??= readdir(FOLDER).then((all) => new Set(all.filter((name) => extname(name) in TYPES)));
  const name = target === "/" ? "index.html" : target.slice(1);
  const library = LIBRARY.get(name);
  const path = library ? require.resolve(library) : (await names).has(name) && join(FOLDER, name);
  return path ? { type: TYPES[extname(name)]!, bytes: await readFile(path) } : undefined;
}
