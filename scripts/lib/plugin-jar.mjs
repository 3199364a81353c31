// The jars for Fiji and Micro-Manager: built where they are older than what they are made of, and laid where the package picks them up.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isThere, maven, root } from "./run.mjs";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const SHARED = ["src/protocol/defcon.proto", "java-bridge/src/main"];
const JARS = [
  {
    module: "java-bridge",
    folder: "plugins",
    name: `defcon-fiji_-${version}.jar`,
    sources: ["java-bridge/pom.xml", "fiji-plugin-layout/luts", ...SHARED],
  },
  {
    module: "micro-manager",
    folder: "mmplugins",
    name: `defcon-fiji-micro-manager-${version}.jar`,
    sources: ["micro-manager/pom.xml", "micro-manager/src/api", "micro-manager/src/main", ...SHARED],
  },
];

/** Programs that building the jars takes and that are not there. */
export function missingForJava() {
  return [
    ["mvn", ["--version"]],
    ["javac", ["-version"]],
  ]
    .filter(([program, args]) => !isThere(program, args))
    .map(([program]) => program);
}

/** Builds each jar one of whose sources has changed since. @returns why that is not possible, or undefined */
export function ensurePluginJars() {
  for (const jar of JARS) {
    const trouble = ensure(jar);
    if (trouble) return trouble;
  }
  return undefined;
}

/** Puts the jars beside the rest of the layout, in place of any other version. */
export function layPluginJars() {
  for (const { module, folder, name } of JARS) {
    const packed = join(root, "fiji-plugin-layout", folder);
    mkdirSync(packed, { recursive: true });
    for (const other of readdirSync(packed)) {
      if (other.endsWith(".jar") && other !== name) rmSync(join(packed, other));
    }
    copyFileSync(builtPath(module, name), join(packed, name));
  }
}

function ensure({ module, name, sources }) {
  const built = builtPath(module, name);
  if (modified(built) > Math.max(...sources.map((path) => newest(join(root, path))))) return undefined;
  const missing = missingForJava();
  if (missing.length > 0) {
    return `${missing.join(" and ")} not found. The plugin's jar is built with a JDK (11 or later) and Maven (3.8 or later).`;
  }
  const code = maven(["-DskipTests", "package"], { cwd: join(root, module) });
  if (code !== 0) return `Building the plugin's jar failed in ${module} (exit code ${code}).`;
  if (existsSync(built)) return undefined;
  return `Maven has built no ${name}: the versions of pom.xml and package.json differ.`;
}

function builtPath(module, name) {
  return join(root, module, "target", name);
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
