// What is shipped, as rows: what it consists of, whether it can be built again, and known weaknesses of its packages.
import { spawnSync } from "node:child_process";
import { missingForJava } from "../lib/plugin-jar.mjs";
import { buildTwice } from "../lib/reproducible.mjs";
import { root } from "../lib/run.mjs";
import { jarSbom, packageSbom } from "../lib/sbom.mjs";
import { row } from "./page.mjs";

/** The part of the page that is made of builds. */
export const builds = {
  name: "builds",
  title: "What is shipped",
  columns: ["measure", "amount", "result"],
  isTest: false,
  async run() {
    const missing = missingForJava();
    if (missing.length > 0) throw new Error(`The jar cannot be built: ${missing.join(" and ")} not found.`);
    const results = [
      ...listed("npm package", packageSbom()),
      ...listed("plugin's jar", jarSbom()),
      audited(),
      ...buildTwice().map(same),
    ];
    for (const [what, amount, result] of results) console.log(`${what}: ${amount}: ${result}`);
    return {
      rows: results.map(([what, amount, result]) => row(what, amount, result)),
      failed: results.filter(([, , , holds]) => !holds).length,
    };
  },
};

function listed(what, { components }) {
  const incomplete = components.filter(({ version, licenses }) => !version || !licenses?.length);
  const result =
    incomplete.length === 0
      ? "each with version and licence"
      : `no licence for ${incomplete.map(({ name }) => name).join(", ")}`;
  return [
    [`CycloneDX list of the ${what}`, `${components.length} components`, result, incomplete.length === 0],
  ];
}

/** Known weaknesses of the shipped packages, as the registry tells them. */
function audited() {
  const { stdout } = spawnSync("npm", ["audit", "--json", "--omit=dev"], {
    cwd: root,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  const counts = parsed(stdout)?.metadata?.vulnerabilities;
  const what = "npm audit of the shipped packages";
  if (!counts) return [what, "-", "not known: the registry of this machine has no list of weaknesses", true];
  return [
    what,
    `${counts.total} weaknesses`,
    counts.total === 0 ? "clean" : "to be explained",
    counts.total === 0,
  ];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function same({ name, bytes, digests }) {
  const isSame = new Set(digests).size === 1;
  const found = isSame ? "the same bytes" : "DIFFERENT BYTES";
  return [
    `${name}, built from clean clones`,
    "2 builds",
    `${found}, ${bytes.toLocaleString("en-US")}`,
    isSame,
  ];
}
