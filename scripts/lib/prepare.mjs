// What every script needs before its own work: the packages, and the compiled program.
import { copyFileSync, lstatSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { npm, root, runOrExit } from "./run.mjs";

/** What the status page has besides its program. */
const PAGE_FILES = /\.(html|css|svg)$/;

/** Installs the packages of package-lock.json when they are missing or older than it. */
export function ensureInstalled() {
  // npm writes this file at the end of each install: without it an install broke off.
  const installed = modified("node_modules/.package-lock.json");
  if (installed >= modified("package-lock.json") && installed > 0) return;
  // npm would empty the folder that a link leads to, which is another checkout's.
  if (lstatSync(join(root, "node_modules"), { throwIfNoEntry: false })?.isSymbolicLink()) {
    console.error(
      "node_modules is a link, and older than package-lock.json: run npm ci where it leads to, or remove the link.",
    );
    process.exit(1);
  }
  // No package's own script runs: none is needed, and onnxruntime-node's fetches from beyond the registry.
  npm("Installing the packages", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
}

/**
 * Compiles everything into dist/. The compiler writes beside dist/, which is replaced only once that succeeded: so
 * dist/ never holds what became of a source that is gone, and a failed build leaves the last good one.
 */
export function ensureBuilt() {
  ensureInstalled();
  const fresh = ".build-dist";
  rmSync(join(root, fresh), { recursive: true, force: true });
  runOrExit("Generating the protocol's modules", process.execPath, ["scripts/generate.mjs", fresh]);
  const compiler = "node_modules/typescript/bin/tsc";
  runOrExit("Compiling", process.execPath, [compiler, "--outDir", fresh]);
  runOrExit("Compiling the status page", process.execPath, [compiler, "-p", "web", "--outDir", fresh]);
  for (const name of readdirSync(join(root, "web")).filter((name) => PAGE_FILES.test(name))) {
    copyFileSync(join(root, "web", name), join(root, fresh, "web", name));
  }
  rmSync(join(root, "dist"), { recursive: true, force: true });
  renameSync(join(root, fresh), join(root, "dist"));
}

/** Compiles if a source has changed since the last time. */
export function ensureFresh() {
  ensureInstalled();
  const sources = ["src", "bench", "test", "web"].flatMap((folder) => [folder, ...below(folder)]);
  const newest = Math.max(...["package.json", "tsconfig.json", ...sources].map(modified));
  if (modified("dist/src/cli/main.js") < newest) ensureBuilt();
}

/** Sources below a folder, without what is generated from them. */
function below(folder) {
  const isSource = (path) =>
    (PAGE_FILES.test(path) || /\.(ts|proto)$/.test(path)) && !path.includes("generated");
  return readdirSync(join(root, folder), { recursive: true })
    .map((path) => join(folder, path))
    .filter(isSource);
}

function modified(path) {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
