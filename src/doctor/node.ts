import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../base/home.js";
import type { Line } from "./check.js";

/** Checks the Node.js that runs this program. */
export function nodeLines(): Line[] {
  const { engines } = JSON.parse(readFileSync(join(packageRoot, "package.json"), "utf8")) as {
    engines: { node: string };
  };
  return [nodeLine(process.versions.node, engines.node)];
}

/** @param wanted the range in package.json: ">=20" */
export function nodeLine(version: string, wanted: string): Line {
  const least = wanted.replace(/^>=\s*/, "");
  const name = "Node.js";
  const detail = `version ${version} (wanted: ${least} or later)`;
  if (isAtLeast(numbersOf(version), numbersOf(least))) return { name, state: "ok", detail };
  return { name, state: "broken", detail, advice: "Install a later one: https://nodejs.org." };
}

function numbersOf(version: string): number[] {
  return version.split(".").map((part) => Number.parseInt(part, 10));
}

function isAtLeast(version: readonly number[], least: readonly number[]): boolean {
  const differing = least.findIndex((part, i) => (version[i] ?? 0) !== part);
  return differing < 0 || (version[differing] ?? 0) > least[differing]!;
}
