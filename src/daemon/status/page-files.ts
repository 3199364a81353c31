import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { packageRoot } from "../../base/home.js";

const FOLDER = join(packageRoot, "dist", "web");

/** Content types of the page's files, by the ending of their names. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** The plotting library's files, by their names on the page. */
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
/** The page's files, read once: strangers may ask for them as often as they like. */
const files = new Map<string, Promise<PageFile>>();

/**
 * The page's file for a target; `/` is the page itself.
 * The target is compared with known names. It is never joined to a folder.
 * @returns undefined for any other target
 */
export async function pageFile(target: string): Promise<PageFile | undefined> {
  names ??= readdir(FOLDER).then((all) => new Set(all.filter((name) => extname(name) in TYPES)));
  const name = target === "/" ? "index.html" : target.slice(1);
  const library = LIBRARY.get(name);
  const path = library ? require.resolve(library) : (await names).has(name) && join(FOLDER, name);
  if (!path) return undefined;
  const file = files.get(name) ?? read(name, path);
  files.set(name, file);
  return file;
}

async function read(name: string, path: string): Promise<PageFile> {
  try {
    return { type: TYPES[extname(name)]!, bytes: await readFile(path) };
  } catch (error) {
    files.delete(name);
    throw error;
  }
}
