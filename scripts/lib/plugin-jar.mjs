// The Fiji plugin's jar: built where it is older than what it is made of, and laid where the package picks it up.
import { copyFileSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isThere, maven, root } from "./run.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const jar = `defcon-fiji_-${version}.jar`;
const built = join(root, "java-bridge", "target", jar);
const packed = join(root, "fiji-plugin-layout", "plugins");

/** Programs that building the jar takes and that are not there. */
export function missingForJava() {
  return [
    ["mvn", ["--version"]],
    ["javac", ["-version"]],
  ]
    .filter(([program, args]) => !isThere(program, args))
    .map(([program]) => program);
}

/** Builds the jar if one of its sources has changed since. @returns why that is not possible, or undefined */
export function ensurePluginJar() {
  const sources = [
    "java-bridge/pom.xml",
    "src/protocol/defcon.proto",
    "fiji-plugin-layout/luts",
    "java-bridge/src/main",
  ];
  if (modified(built) > Math.max(...sources.map((path) => newest(join(root, path))))) return undefined;
  const missing = missingForJava();
  if (missing.length > 0) {
    return `${missing.join(" and ")} not found. The plugin's jar is built with a JDK (11 or later) and Maven (3.8 or later).`;
  }
  const code = maven(["-DskipTests", "package"], { cwd: join(root, "java-bridge") });
  if (code !== 0) return `Building the plugin's jar failed (exit code ${code}).`;
  return modified(built) > 0
    ? undefined
    : `Maven has built no ${jar}: the versions of pom.xml and package.json differ.`;
}

/** Puts the jar beside the rest of the layout, in place of any other version. */
export function layPluginJar() {
  for (const name of readdirSync(packed)) {
    if (name.endsWith(".jar") && name !== jar) rmSync(join(packed, name));
  }
  copyFileSync(built, join(packed, jar));
}

function newest(path) {
  if (!statSync(path).isDirectory()) return modified(path);
  return Math.max(
    modified(path),
    ...readdirSync(path, { recursive: true }).map((name) => modified(join(path, name))),
  );
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
