// npm run reliability: attacks a daemon and breaks things, test by test, and writes the results into docs/reliability.md.
// Everything stays on this machine and ends by itself.
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { run } from "node:test";
import { ensureBuilt } from "./lib/prepare.mjs";
import { root } from "./lib/run.mjs";

/** The test files, by what they are about. */
const GROUPS = [
  ["Without the token", "daemon/strangers", "daemon/admission"],
  ["With the token", "daemon/hostile-messages", "daemon/misbehaviour", "daemon/models"],
  ["Files of others", "daemon/special-files"],
  ["Fair turns", "daemon/counting/large-frames", "daemon/counting/sharing"],
  ["Faults", "daemon/life", "daemon/shutdown", "base/atomic-file", "protocol/discovery"],
];
const PAGE = join(root, "docs", "reliability.md");
const [BEGIN, END] = ["<!-- results: npm run reliability -->", "<!-- end of results -->"];

ensureBuilt();
let failed = 0;
const parts = [];
for (const [title, ...names] of GROUPS) {
  const rows = [];
  for (const name of names) rows.push(...(await rowsOf(name)));
  const table = ["| test | in | result |", "|---|---|---|", ...rows].join("\n");
  parts.push(`### ${title}\n\n${table}`);
}
const page = readFileSync(PAGE, "utf8");
const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
writeFileSync(PAGE, `${before}\n\n${parts.join("\n\n")}\n\n${page.slice(page.indexOf(END))}`);
process.exitCode = failed > 0 ? 1 : 0;

/** A row for each test of a file. */
async function rowsOf(name) {
  const file = join(root, "dist", "test", `${name}.test.js`);
  const rows = [];
  const told = new Set();
  for await (const { type, data } of run({ files: [file], concurrency: 1 })) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    // Suites have their tests' results, and older versions of Node.js tell each file as a test.
    if (data.details?.type === "suite" || basename(data.name) === basename(file) || told.has(data.name))
      continue;
    told.add(data.name);
    const result = data.skip !== undefined ? "skipped here" : type === "test:pass" ? "holds" : "FAILS";
    if (type === "test:fail") failed++;
    console.log(`${result}: ${data.name}`);
    rows.push(`| ${data.name.replaceAll("|", "\\|")} | \`test/${name}.test.ts\` | ${result} |`);
  }
  return rows;
}
